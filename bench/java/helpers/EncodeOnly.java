package bench;

import com.amazonaws.services.sagemaker.sparksdk.wire.ContentRules;
import com.amazonaws.services.sagemaker.sparksdk.wire.CsvRowEncoder;
import com.amazonaws.services.sagemaker.sparksdk.wire.GrowableBuffer;
import com.amazonaws.services.sagemaker.sparksdk.wire.LibSVMRowEncoder;
import com.amazonaws.services.sagemaker.sparksdk.wire.RecordRowEncoder;
import com.amazonaws.services.sagemaker.sparksdk.wire.RowEncoder;
import java.io.Serializable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/** Encodes the rows of a DataFrame and forgets the bytes: the encoder alone, as Spark's noop sink is for Spark. */
public final class EncodeOnly extends AbstractFunction1<Iterator<InternalRow>, Object> implements Serializable {
  private static final int FULL = 256 * 1024;

  private final StructType schema;
  private final String format;
  private final boolean labelled;

  private EncodeOnly(StructType schema, String format, boolean labelled) {
    this.schema = schema;
    this.format = format;
    this.labelled = labelled;
  }

  /** @param format sagemaker, libsvm or csv */
  public static void run(Dataset<Row> data, String format, boolean labelled) throws ReflectiveOperationException {
    // Spark 4 has this method on a subclass of Dataset only.
    QueryExecution plan = (QueryExecution) data.getClass().getMethod("queryExecution").invoke(data);
    EncodeOnly task = new EncodeOnly(data.schema(), format, labelled);
    data.sparkSession().sparkContext().runJob(plan.toRdd(), task, ClassTag$.MODULE$.Object());
  }

  @Override
  public Object apply(Iterator<InternalRow> rows) {
    RowEncoder encoder = encoder();
    GrowableBuffer buffer = new GrowableBuffer(FULL * 2, 0, Integer.MAX_VALUE);
    while (rows.hasNext()) {
      encoder.encode(rows.next(), buffer);
      if (buffer.length() >= FULL) buffer.reset();
    }
    return null;
  }

  private RowEncoder encoder() {
    Option<String> label = labelled ? Option.apply("label") : Option.<String>empty();
    if (format.equals("libsvm")) return LibSVMRowEncoder.apply(schema, "features", label, ContentRules.lenient(), true);
    if (format.equals("csv")) return CsvRowEncoder.apply(schema, ContentRules.lenient());
    return RecordRowEncoder.apply(schema, "features", label, ContentRules.lenient());
  }
}
