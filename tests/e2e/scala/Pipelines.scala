import com.amazonaws.services.sagemaker.sparksdk.{HostedModels, IAMRole}
import com.amazonaws.services.sagemaker.sparksdk.algorithms.{KMeansSageMakerEstimator, PCASageMakerEstimator}
import com.amazonaws.services.sagemaker.sparksdk.settings.AwsClientConfig
import com.amazonaws.services.sagemaker.sparksdk.transformation.serializers.ProtobufRequestRowSerializer
import com.amazonaws.services.sagemaker.sparksdk.tuning.{CrossValidator, TrainValidationSplit}
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.ml.evaluation.ClusteringEvaluator
import org.apache.spark.ml.feature.VectorAssembler
import org.apache.spark.ml.tuning.ParamGridBuilder
import org.apache.spark.sql.SparkSession

/** Loads what Python has saved below one folder, and saves below another what Python is to load. */
object Pipelines {

  def main(arguments: Array[String]): Unit = {
    val Array(role, region, url, data, python, made) = arguments
    val spark = SparkSession.builder().appName("pipelines").getOrCreate()
    val rows = spark.read.parquet(data)
    def say(name: String, value: Any): Unit = println(s"RESULT $name=$value")

    val loaded = PipelineModel.load(s"$python/model")
    say("model", loaded.stages.map(_.getClass.getName).mkString(","))
    loaded.transform(rows).write.parquet(s"$made/rows_of_python")
    val pipeline = Pipeline.load(s"$python/pipeline").getStages
    say("pipeline", pipeline.map(_.getClass.getName).mkString(","))
    say("k", pipeline.collectFirst { case kmeans: KMeansSageMakerEstimator => kmeans.getK }.get)
    val tuning = CrossValidator.load(s"$python/tuning")
    say("tuning", tuning.getClass.getName)
    say("grid", tuning.getEstimatorParamMaps.flatMap(_.toSeq).map(p => s"${p.param.name}:${p.value}").mkString(","))

    val client = AwsClientConfig(region = Some(region), endpointUrl = Some(url))
    def kmeans(features: String) = new KMeansSageMakerEstimator(
      IAMRole(role),
      "ml.m5.large",
      1,
      "ml.m5.large",
      1,
      requestRowSerializer = new ProtobufRequestRowSerializer(featuresColumnName = features),
      trainingSparkDataFormatOptions = Map("featuresColumnName" -> features),
      trainingProjectedColumns = Some(List(features)),
      sagemakerClient = client,
      s3Client = client,
      stsClient = client
    ).setK(3)
    val assembler = new VectorAssembler().setInputCols(rows.columns.filter(_.startsWith("x"))).setOutputCol("features")
    val pca = new PCASageMakerEstimator(
      sagemakerRole = IAMRole(role),
      trainingInstanceType = "ml.m5.large",
      trainingInstanceCount = 1,
      endpointInstanceType = "ml.m5.large",
      endpointInitialInstanceCount = 1,
      trainingProjectedColumns = Some(List("features")),
      sagemakerClient = client,
      s3Client = client,
      stsClient = client
    ).setNumComponents(2).setMiniBatchSize(50)
    val mixed = new Pipeline().setStages(Array(assembler, pca, kmeans("projection")))
    mixed.write.save(s"$made/pipeline")
    val fitted = mixed.fit(rows)
    fitted.write.save(s"$made/model")
    fitted.transform(rows).write.parquet(s"$made/rows")

    val one = kmeans("features")
    val frame = assembler.transform(rows)
    val judge = new ClusteringEvaluator().setPredictionCol("closest_cluster")
    val grid = new ParamGridBuilder().addGrid(one.k, Array(3, 6)).build()
    val split = new TrainValidationSplit()
      .setEstimator(one)
      .setEvaluator(judge)
      .setEstimatorParamMaps(grid)
      .setSeed(1)
      .setParallelism(2)
      .setCollectSubModels(true)
    split.write.save(s"$made/tuning")
    val tuned = split.fit(frame)
    say("metrics", tuned.validationMetrics.mkString(","))
    say("winner", HostedModels.in(tuned.bestModel).map(_.endpointName.get).mkString(","))
    say("losers", tuned.subModels.flatMap(HostedModels.in).flatMap(_.endpointName).length)
    say("parent", tuned.parent.getClass.getName)
    tuned.write.option("persistSubModels", "true").save(s"$made/tuned")

    val folds = new CrossValidator()
      .setEstimator(one)
      .setEvaluator(judge)
      .setEstimatorParamMaps(grid)
      .setNumFolds(2)
      .setSeed(1)
      .setCollectSubModels(true)
    val folded = folds.fit(frame)
    say("fold_metrics", folded.avgMetrics.mkString(","))
    say("fold_winner", folded.bestModel.parent.asInstanceOf[KMeansSageMakerEstimator].getK)
    say("fold_losers", folded.subModels.flatten.flatMap(HostedModels.in).flatMap(_.endpointName).length)
    say("fold_parent", folded.parent.getClass.getName)
    HostedModels.delete(folded.bestModel)
    say("done", true)
    spark.stop()
  }
}
