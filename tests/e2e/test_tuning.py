"""Tuning on real data: the same winner as the learner alone, and no endpoint but the winner's."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.e2e.support import eventually, settings_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark.local import LocalSageMaker

DEPTHS, ROUNDS = [1, 4], [2, 12]
Existing = Callable[[], dict[str, Any]]


@pytest.fixture(scope="module")
def cancer(spark: SparkSession) -> Iterator[DataFrame]:
    """scikit-learn's breast cancer data, each row in one of two folds."""
    from pyspark.ml.linalg import Vectors
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    rows = [
        (i, i % 2, float(label), Vectors.dense([float(v) for v in row]))
        for i, (label, row) in enumerate(zip(data.target, data.data))
    ]
    frame = spark.createDataFrame(rows, ["id", "fold", "label", "features"]).repartition(2, "id").cache()
    yield frame
    frame.unpersist()


@pytest.fixture()
def xgboost(spark: SparkSession, aws: LocalSageMaker) -> Any:
    """An XGBoost estimator on the local service."""
    from sagemaker_pyspark.algorithms import XGBoostSageMakerEstimator

    return XGBoostSageMakerEstimator(
        **settings_of(aws), num_round=2, objective="binary:logistic", eval_metric="error"
    )


def grid(xgboost: Any) -> list[Any]:
    """Two values for each of two hyper-parameters."""
    from sagemaker_pyspark.tuning import ParamGridBuilder

    return ParamGridBuilder().addGrid(xgboost.max_depth, DEPTHS).addGrid(xgboost.num_round, ROUNDS).build()


def judge(**arguments: Any) -> Any:
    """The area under the curve, of a column of probabilities."""
    from pyspark.ml.evaluation import BinaryClassificationEvaluator

    return BinaryClassificationEvaluator(rawPredictionCol="prediction", labelCol="label", **arguments)


def of_one_try(estimator: Any) -> Any:
    """A tuning of a single candidate."""
    from sagemaker_pyspark.tuning import TrainValidationSplit

    return TrainValidationSplit(
        estimator=estimator, estimatorParamMaps=[{estimator.max_depth: 1}], evaluator=judge(), seed=1
    )


def own_metrics() -> list[float]:
    """What the learner alone scores, on the same folds, in the order of the grid."""
    import xgboost as learner
    from sklearn.datasets import load_breast_cancer
    from sklearn.metrics import roc_auc_score

    data = load_breast_cancer()
    folds = np.arange(len(data.target)) % 2
    means = []
    for depth in DEPTHS:
        for rounds in ROUNDS:
            scores = []
            for fold in (0, 1):
                train, validation = folds != fold, folds == fold
                model = learner.train(
                    {"objective": "binary:logistic", "max_depth": depth},
                    learner.DMatrix(data.data[train], data.target[train]),
                    rounds,
                )
                predicted = model.predict(learner.DMatrix(data.data[validation]))
                scores.append(roc_auc_score(data.target[validation], predicted))
            means.append(float(np.mean(scores)))
    return means


def endpoints(existing: Existing) -> list[str]:
    return sorted(existing()["endpoints"])


def test_the_winner_is_the_learners_own_and_its_endpoint_alone_stays(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from pyspark.ml import tuning as spark_tuning
    from sagemaker_pyspark.tuning import CrossValidator, CrossValidatorModel

    before = existing()
    aws.reset_calls()
    tuning = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=grid(xgboost),
        evaluator=judge(),
        numFolds=2,
        foldCol="fold",
        parallelism=2,
    )
    assert isinstance(tuning, spark_tuning.CrossValidator)
    model = tuning.fit(cancer)
    assert isinstance(model, CrossValidatorModel) and isinstance(model, spark_tuning.CrossValidatorModel)
    expected = own_metrics()
    assert model.avgMetrics == pytest.approx(expected, abs=1e-6)
    best = int(np.argmax(expected))
    assert sorted(expected)[-1] - sorted(expected)[-2] > 1e-3, "the data must make a winner"
    assert int(np.argmax(model.avgMetrics)) == best
    winner: Any = model.bestModel
    assert winner.hyperParameters["max_depth"] == str(DEPTHS[best // 2])
    assert winner.hyperParameters["num_round"] == str(ROUNDS[best % 2])
    assert model.getEstimator() is xgboost and model.getEvaluator() is tuning.getEvaluator()

    rows = model.transform(cancer).collect()
    assert len(rows) == cancer.count()
    assert aws.call_counts()["CreateTrainingJob"] == 9
    assert aws.call_counts()["CreateEndpoint"] == 9
    after = existing()
    assert set(after["endpoints"]) - set(before["endpoints"]) == {winner.endpointName}
    assert len(after["models"]) == len(before["models"]) + 1
    model.delete()
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]


def test_a_split_tunes_a_pipeline_with_two_stages_of_ours(
    aws: LocalSageMaker, cancer: DataFrame, existing: Existing
) -> None:
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.feature import VectorAssembler
    from sagemaker_pyspark.algorithms import PCASageMakerEstimator, XGBoostSageMakerEstimator
    from sagemaker_pyspark.transformation.serializers import LibSVMRequestRowSerializer
    from sagemaker_pyspark.tuning import ParamGridBuilder, TrainValidationSplit, hosted_models

    settings = {**settings_of(aws), "endpointCreationPolicy": "CREATE_ON_TRANSFORM"}
    pca = PCASageMakerEstimator(**settings, num_components=2, feature_dim=30, mini_batch_size=100)
    xgboost = XGBoostSageMakerEstimator(
        **settings,
        requestRowSerializer=LibSVMRequestRowSerializer(featuresColumnName="short"),
        trainingSparkDataFormatOptions={"featuresColumnName": "short", "labelColumnName": "label"},
        trainingProjectedColumns=["label", "short"],
        num_round=4,
        objective="binary:logistic",
    )
    short = VectorAssembler(inputCols=["projection"], outputCol="short")
    pipeline = Pipeline(stages=[pca, short, xgboost])
    maps = ParamGridBuilder().addGrid(pca.num_components, [1, 5]).addGrid(xgboost.max_depth, [2]).build()
    before = existing()
    split = TrainValidationSplit(
        estimator=pipeline, estimatorParamMaps=maps, evaluator=judge(), trainRatio=0.7, seed=5, parallelism=2
    )
    with split.fit(cancer) as model:
        assert isinstance(model.bestModel, PipelineModel)
        assert len(model.validationMetrics) == 2 and min(model.validationMetrics) > 0.9
        assert model.transform(cancer).filter("prediction >= 0").count() == cancer.count()
        hosted = [stage.endpointName for stage in hosted_models(model)]
        assert len(hosted) == 2
        assert set(existing()["endpoints"]) - set(before["endpoints"]) == set(hosted)
    assert existing()["endpoints"] == before["endpoints"]


def test_sub_models_cost_nothing_until_they_are_asked(
    default_keys: None, xgboost: Any, cancer: DataFrame, existing: Existing, tmp_path: Path
) -> None:
    from sagemaker_pyspark.tuning import CrossValidator, CrossValidatorModel, hosted_models

    before = endpoints(existing)
    tuning = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=[{xgboost.max_depth: 1}, {xgboost.max_depth: 3}],
        evaluator=judge(),
        numFolds=2,
        foldCol="fold",
        collectSubModels=True,
        parallelism=2,
    )
    model = tuning.fit(cancer)
    sub_models: Any = model.subModels
    assert [len(fold) for fold in sub_models] == [2, 2]
    assert [m.endpointName for fold in sub_models for m in fold] == [None] * 4
    assert {m.hyperParameters["max_depth"] for m in sub_models[0]} == {"1", "3"}
    assert len(endpoints(existing)) == len(before) + 1
    assert len(hosted_models(model)) == 5
    # One of them is asked: it is hosted again, under another name, and answers as it did.
    asked = sub_models[1][0]
    fold = cancer.filter("fold = 1")
    assert judge().evaluate(asked.transform(fold)) > 0.9
    assert asked.endpointName in endpoints(existing)
    copied: Any = model.copy()
    assert copied.subModels[1][0].endpointName == asked.endpointName and copied.uid == model.uid

    path = str(tmp_path / "model")
    model.save(path)
    loaded: Any = CrossValidatorModel.load(path)
    assert loaded.subModels[0][0].endpointName is None
    assert loaded.avgMetrics == model.avgMetrics
    loaded.delete()
    assert endpoints(existing) == before
    model.delete()


def test_one_fit_that_fails_leaves_nothing_behind(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.local import Fault
    from sagemaker_pyspark.tuning import CrossValidator

    before = existing()
    planted = threading.Event()

    def planting(progress: Any) -> None:
        # Once one model is hosted, a later job fails.
        if progress.finished and not planted.is_set():
            planted.set()
            aws.fail_next("CreateTrainingJob", Fault.training_failure("ClientError: planted"))

    xgboost.onProgress(planting)
    tuning = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=grid(xgboost),
        evaluator=judge(),
        numFolds=2,
        foldCol="fold",
        parallelism=2,
    )
    with pytest.raises(TrainingJobError, match="planted"):
        tuning.fit(cancer)
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]
    assert not [
        job for job, state in existing()["training_jobs"].items() if state in ("InProgress", "Stopping")
    ]


def test_an_evaluator_that_fails_leaves_nothing_behind(
    xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from sagemaker_pyspark.tuning import CrossValidator

    before = existing()
    tuning = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=grid(xgboost),
        evaluator=judge().setLabelCol("nowhere"),
        numFolds=2,
        foldCol="fold",
        parallelism=3,
    )
    with pytest.raises(Exception, match="nowhere"):
        tuning.fit(cancer)
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]


def test_what_cannot_be_deleted_is_named(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from sagemaker_pyspark.local import Fault

    before = set(endpoints(existing))
    split = of_one_try(xgboost)
    aws.fail_next("DeleteEndpoint", Fault.access_denied(), times=2)
    with pytest.warns(RuntimeWarning, match="is billed until you delete it") as warned:
        model = split.fit(cancer)
    winner: Any = model.bestModel
    left = set(endpoints(existing)) - before - {winner.endpointName}
    named = " ".join(str(w.message) for w in warned if issubclass(w.category, RuntimeWarning))
    assert len(left) == 1 and left.pop() in named
    model.delete()


def test_what_cannot_be_judged_is_refused_before_anything_is_paid_for(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame
) -> None:
    from pyspark.ml import Pipeline
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
    from sagemaker_pyspark.tuning import CrossValidator

    aws.reset_calls()
    idle = KMeansSageMakerEstimator(**settings_of(aws), k=2, endpointCreationPolicy="DO_NOT_CREATE")
    tuning = CrossValidator(
        estimator=Pipeline(stages=[idle]), estimatorParamMaps=[{}], evaluator=judge(), numFolds=2
    )
    with pytest.raises(ValueError, match=r"KMeansSageMakerEstimator .* is DO_NOT_CREATE"):
        tuning.fit(cancer)
    out_of_range = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=[{xgboost.max_depth: 3}, {xgboost.num_round: 0}],
        evaluator=judge(),
        numFolds=2,
    )
    with pytest.raises(ValueError, match="num_round is 0"):
        out_of_range.fit(cancer)
    assert not aws.call_counts()


def test_sparks_own_cross_validator_works_and_the_losers_stay(
    xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from pyspark.ml.tuning import CrossValidator
    from sagemaker_pyspark.tuning import delete_models, hosted_models

    before = set(endpoints(existing))
    tuning = CrossValidator(
        estimator=xgboost,
        estimatorParamMaps=[{xgboost.max_depth: 1}, {xgboost.max_depth: 3}],
        evaluator=judge(),
        numFolds=2,
        foldCol="fold",
        collectSubModels=True,
    )
    model = tuning.fit(cancer)
    hosted = {m.endpointName for m in hosted_models(model)}
    assert len(hosted) == 5 and set(endpoints(existing)) - before == hosted
    delete_models(model)
    assert set(endpoints(existing)) == before


def test_an_interrupt_stops_the_jobs_and_leaves_nothing_hosted(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    import _thread

    from sagemaker_pyspark.tuning import TrainValidationSplit

    before = existing()
    began = threading.Event()

    def interrupting(progress: Any) -> None:
        if not began.is_set():
            began.set()
            _thread.interrupt_main()

    split = TrainValidationSplit(
        estimator=xgboost.onProgress(interrupting),
        estimatorParamMaps=[{xgboost.max_depth: 1}, {xgboost.max_depth: 2}],
        evaluator=judge(),
        parallelism=2,
        seed=1,
    )
    with warnings.catch_warnings(), pytest.raises(KeyboardInterrupt):
        warnings.simplefilter("ignore")
        split.fit(cancer)
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]
    assert not {"InProgress", "Stopping"} & set(existing()["training_jobs"].values())


def latest_state(aws: LocalSageMaker, estimator: Any) -> str:
    """The state of the training job that an estimator, or a copy of it, began last."""
    described = aws.boto3_client("sagemaker").describe_training_job(
        TrainingJobName=estimator.latestTrainingJob
    )
    return str(described["TrainingJobStatus"])


def test_a_callback_that_fails_stops_the_job_that_it_was_told_of(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    def failing(progress: Any) -> None:
        raise OSError("planted")

    before = existing()
    split = of_one_try(xgboost.onProgress(failing))
    with pytest.warns(RuntimeWarning, match="told to stop the training job"), pytest.raises(OSError):
        split.fit(cancer)
    assert latest_state(aws, xgboost) in ("Stopping", "Stopped")
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]


def test_ctrl_c_in_the_winners_fit_stops_its_job(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    def pressing(progress: Any) -> None:
        # Those of the tries are fitted by other threads.
        if threading.current_thread() is threading.main_thread() and progress.phase == "Training":
            raise KeyboardInterrupt

    before = existing()
    split = of_one_try(xgboost.onProgress(pressing))
    with pytest.raises(KeyboardInterrupt, match="told to stop the training job"):
        split.fit(cancer)
    assert latest_state(aws, xgboost) in ("Stopping", "Stopped")
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]


def test_a_wait_that_fails_stops_the_job_that_goes_on(
    aws: LocalSageMaker, xgboost: Any, cancer: DataFrame, existing: Existing
) -> None:
    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.local import Fault

    split = of_one_try(xgboost)
    aws.fail_next("DescribeTrainingJob", Fault.access_denied())
    with pytest.raises(TrainingJobError, match="could not be read"):
        split.fit(cancer)
    assert latest_state(aws, xgboost) in ("Stopping", "Stopped")


def test_an_interrupt_of_the_jvms_tuning_stops_the_job_under_way(
    spark: SparkSession, aws: LocalSageMaker, cancer: DataFrame, existing: Existing
) -> None:
    from sagemaker_pyspark.algorithms import XGBoostSageMakerEstimator

    # The first look is the only one: the thread waits for the next when it is interrupted.
    settings = {**settings_of(aws), "training_poll_interval_millis": 600_000}
    estimator = XGBoostSageMakerEstimator(**settings, num_round=2, objective="binary:logistic")
    split = of_one_try(estimator)
    jvm: Any = spark._jvm
    tuning, before, java_threads, ended = split._to_java(), existing(), [], []

    def fitting() -> None:
        java_threads.append(jvm.java.lang.Thread.currentThread())
        with pytest.raises(Exception) as raised:
            tuning.fit(cancer._jdf)
        ended.append(raised)

    aws.reset_calls()
    thread = threading.Thread(target=fitting)
    thread.start()
    eventually("the job has been looked at", lambda: aws.call_counts().get("DescribeTrainingJob"))
    java_threads[0].interrupt()
    thread.join(120)
    assert ended and aws.call_counts()["StopTrainingJob"] == 1
    assert existing()["endpoints"] == before["endpoints"] and existing()["models"] == before["models"]
