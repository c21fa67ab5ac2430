import com.amazonaws.services.sagemaker.sparksdk.IAMRole
import com.amazonaws.services.sagemaker.sparksdk.algorithms.KMeansSageMakerEstimator
import org.apache.spark.ml.feature.VectorAssembler
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.apache.spark.sql.functions.{col, count, max, sum}

/** Clusters handwritten digits with the k-means of Amazon SageMaker, end to end.
  *
  * {{{
  * spark-submit --class DigitsKMeans --jars $(sagemakerpyspark-jars) digits.jar ROLE_ARN digits.csv
  * }}}
  *
  * `digits.csv` has no header: 64 grey values, then the digit that was written. Region and credentials are found as
  * every AWS SDK finds them.
  */
object DigitsKMeans {

  def main(arguments: Array[String]): Unit = {
    val Array(role, file) = arguments
    val spark = SparkSession.builder().appName("digits").getOrCreate()
    val pixels = spark.read.option("inferSchema", "true").csv(file)
    val digits = new VectorAssembler()
      .setInputCols(pixels.columns.init)
      .setOutputCol("features")
      .transform(pixels)
      .select(pixels.col(pixels.columns.last).as("digit"), col("features"))
      .cache()

    val estimator = new KMeansSageMakerEstimator(
      sagemakerRole = IAMRole(role),
      trainingInstanceType = "ml.m5.xlarge",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m5.large",
      endpointInitialInstanceCount = 1
    ).setK(10).setFeatureDim(64)

    val model = estimator.fit(digits)
    try {
      val clusters = model.transform(digits)
      clusters.select("digit", "distance_to_cluster", "closest_cluster").show(5)
      println(f"${clusters.count()} images, purity ${purity(clusters)}%.3f")
    } finally model.delete()
    println(s"left: ${model.getCreatedResources.endpointName.getOrElse("nothing")}")
    spark.stop()
  }

  /** The share of images whose digit is the most frequent one of their cluster. */
  private def purity(clusters: DataFrame): Double = {
    val counts = clusters.groupBy("closest_cluster", "digit").agg(count("*").as("n"))
    val row = counts.groupBy("closest_cluster").agg(max("n").as("most"), sum("n").as("all"))
    val totals = row.agg(sum("most"), sum("all")).head()
    totals.getLong(0).toDouble / totals.getLong(1)
  }
}
