package com.amazonaws.services.sagemaker.sparksdk.staging;

import java.lang.reflect.InvocationTargetException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.CreatableRelationProvider;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.RelationProvider;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What stands behind {@code df.write.format("sagemaker")}.
 *
 * <p>Spark loads every registered data source whenever any format is looked up: one that can't be loaded breaks all of
 * them. So this class is Java, for the oldest JVM, and needs only interfaces that every Spark line has; the writer, which
 * is bound to a Scala version, is found by its name when it is used.
 */
public final class SageMakerDataSource implements CreatableRelationProvider, RelationProvider, DataSourceRegister {

  private static final String WRITER = "com.amazonaws.services.sagemaker.sparksdk.staging.DataSourceWriter";

  @Override
  public String shortName() {
    return "sagemaker";
  }

  /** Called by Spark 4: the columns are checked when they are written, with a message of their own. */
  public boolean supportsDataType(DataType dataType) {
    return true;
  }

  @Override
  public BaseRelation createRelation(
      SQLContext context,
      SaveMode mode,
      scala.collection.immutable.Map<String, String> options,
      Dataset<Row> data) {
    try {
      Class.forName(WRITER, true, SageMakerDataSource.class.getClassLoader())
          .getMethod("write", SaveMode.class, scala.collection.immutable.Map.class, Dataset.class)
          .invoke(null, mode, options, data);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof LinkageError) {
        throw wrongJar(e.getCause());
      }
      throw SageMakerDataSource.<RuntimeException>same(e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw wrongJar(e);
    }
    return new Written(context, data.schema());
  }

  @Override
  public BaseRelation createRelation(SQLContext context, scala.collection.immutable.Map<String, String> options) {
    throw new UnsupportedOperationException(
        "the format \"sagemaker\" can only be written: its files are made for training and keep neither column names nor"
            + " types. Save the DataFrame as parquet too if it is to be read back.");
  }

  private static IllegalStateException wrongJar(Throwable cause) {
    String[] parts = scala.util.Properties.versionNumberString().split("\\.");
    String scalaVersion = parts[0] + "." + parts[1];
    return new IllegalStateException(
        "the format \"sagemaker\" can't be loaded ("
            + cause
            + "): this Spark runs on Scala "
            + scalaVersion
            + ", and the sagemaker-spark jar on the class path seems to be made for another Scala or Spark version. Use"
            + " sagemaker-spark_"
            + scalaVersion
            + " (Spark 3.4 and 3.5: 2.12; Spark 4: 2.13), and only that one.",
        cause);
  }

  /** Throws any exception as it is, past the compiler's check. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E same(Throwable e) throws E {
    throw (E) e;
  }

  /** Spark asks for the schema of what was written, to refresh what it has cached. */
  private static final class Written extends BaseRelation {
    private final SQLContext context;
    private final StructType schema;

    Written(SQLContext context, StructType schema) {
      this.context = context;
      this.schema = schema;
    }

    @Override
    public SQLContext sqlContext() {
      return context;
    }

    @Override
    public StructType schema() {
      return schema;
    }
  }
}
