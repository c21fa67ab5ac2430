"""Stages in Python and their JVM objects: settings, hyper-parameters, copies, hooks."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

KINDS = stages.estimator_classes()


def kmeans(**settings: Any) -> KMeansSageMakerEstimator:
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    made: KMeansSageMakerEstimator = stages.example(KMeansSageMakerEstimator, **settings)
    return made


GIVEN: dict[str, Any] = {
    "trainingInstanceVolumeSizeInGB": 30,
    "trainingProjectedColumns": ["features"],
    "trainingChannelName": "other",
    "trainingContentType": "application/x-recordio-protobuf",
    "trainingS3DataDistribution": "FullyReplicated",
    "trainingSparkDataFormatOptions": {"labelColumnName": "digit"},
    "trainingInputMode": "Pipe",
    "trainingCompressionCodec": "Gzip",
    "trainingMaxRuntimeInSeconds": 600,
    "trainingKmsKeyId": "key",
    "modelEnvironmentVariables": {"A": "b"},
    "modelPrependInputRowsToTransformationRows": False,
    "deleteStagingDataAfterTraining": False,
    "hyperParameters": {"own": "1"},
    "max_in_flight": 3,
    "max_payload_bytes": 1000,
    "max_rows_per_request": 10,
    "invoke_timeout_millis": 1000,
    "invoke_attempts": 2,
    "throttle_budget_millis": 5000,
    "target_variant": "v",
    "custom_attributes": "c",
    "staging_object_bytes": 5_000_000,
    "training_poll_interval_millis": 10,
    "endpoint_poll_interval_millis": 20,
    "endpoint_creation_timeout_seconds": 30,
    "tags": {"project": "x"},
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_what_was_given_is_read_back_and_survives_a_copy_and_a_save(
    spark: SparkSession, kind: Any, tmp_path: Any
) -> None:
    from sagemaker_pyspark import EndpointCreationPolicy, IAMRole, RandomNamePolicyFactory, S3DataPath
    from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

    values = {
        "sagemakerRole": IAMRole(stages.ARN),
        "trainingInputS3DataPath": S3DataPath("bucket", "in"),
        "trainingOutputS3DataPath": S3DataPath("bucket", "out"),
        "namePolicyFactory": RandomNamePolicyFactory("p"),
        "endpointCreationPolicy": EndpointCreationPolicy.DO_NOT_CREATE,
    }
    if kind.__name__ != "SageMakerEstimator":
        values["requestRowSerializer"] = ProtobufRequestRowSerializer(featuresColumnName="f")
    given = {**GIVEN, **values}
    stage = stages.example(kind, **given)
    path = str(tmp_path / "stage")
    stage.save(path)
    for one in (stage, stage.copy(), kind.load(path)):
        assert type(one) is kind and one.uid == stage.uid
        for name, value in given.items():
            assert getattr(one, name) == value, name
            assert type(getattr(one, name)) is type(value), name


def test_settings_of_the_wrong_type_or_value_are_errors_at_once(spark: SparkSession) -> None:
    with pytest.raises(TypeError, match="trainingInstanceVolumeSizeInGB takes a whole number"):
        kmeans(trainingInstanceVolumeSizeInGB="large")
    with pytest.raises(TypeError, match="sagemakerRole"):
        kmeans(sagemakerRole="arn")
    with pytest.raises(ValueError, match="CREATE_ON_CONSTRUCT, CREATE_ON_TRANSFORM, DO_NOT_CREATE"):
        kmeans(endpointCreationPolicy="SOMETIMES")


def test_hyper_parameters_are_checked_when_they_are_set(spark: SparkSession) -> None:
    from py4j.protocol import Py4JJavaError

    stage = kmeans(k=10)
    for attempt in (lambda: stage.setK(1), lambda: stage.setParams(k=1), lambda: stage.set(stage.k, 1)):
        with pytest.raises(ValueError, match=r"^k is 1: expected a whole number >= 2$") as refused:
            attempt()
        assert isinstance(refused.value, Py4JJavaError)
    for wrong in ("0", 2.5, None, [2]):
        with pytest.raises(TypeError, match=r"^k "):
            stage.setK(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="finite"):
        stage.setTol(float("nan"))
    with pytest.raises(ValueError, match="local_lloyd_num_trials is many"):
        stage.setTrialNum("many")
    with pytest.raises(TypeError, match="'kk'; the nearest known one is 'k'"):
        stage.setParams(kk=2)
    assert stage.getK() == stage._call_java("getK") == 10


def test_setters_return_the_stage_and_both_sides_agree(spark: SparkSession) -> None:
    import numpy as np

    stage = kmeans()
    three: Any = np.int64(3)
    chained = stage.setK(three).setTol(1).setTrialNum(5).setEvalMetrics("msd, ssd").setMiniBatchSize(size=7)
    assert chained is stage
    expected = {
        "getK": 3,
        "getTol": 1.0,
        "getTrialNum": "5",
        "getEvalMetrics": "msd, ssd",
        "getMiniBatchSize": 7,
    }
    stage._transfer_params_to_java()
    for getter, value in expected.items():
        assert getattr(stage, getter)() == stage._call_java(getter) == value
        assert type(getattr(stage, getter)()) is type(value)


def test_clearing_a_param_brings_its_default_back_on_both_sides(spark: SparkSession) -> None:
    stage = kmeans(k=9)
    stage.clear(stage.k)
    assert stage.getK() == stage._call_java("getK") == 2
    assert not stage.isSet(stage.k)


def test_copies_have_params_of_their_own(spark: SparkSession) -> None:
    stage = kmeans(k=3, epochs=2)
    other = kmeans()
    copied = stage.copy({stage.k: 7, other.epochs: 9})
    assert (
        (copied.getK(), copied.getEpochs())
        == (copied._call_java("getK"), copied._call_java("getEpochs"))
        == (7, 2)
    )
    assert stage.getK() == stage._call_java("getK") == 3
    assert copied.uid == stage.uid
    with pytest.raises(ValueError, match="k is 0"):
        stage.copy({stage.k: 0})
    assert stage._call_java("getK") == 3, "a copy that failed must not take the original's JVM object with it"


def test_uids_are_unique_unless_given(spark: SparkSession) -> None:
    assert kmeans().uid != kmeans().uid
    assert kmeans(uid="mine").uid == kmeans(uid="mine")._to_java().uid() == "mine"


def test_hooks_of_pyspark_work(spark: SparkSession) -> None:
    from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator

    stage = kmeans(k=4)
    java = stage._to_java()
    assert java.getClass().getName() == KMeansSageMakerEstimator._wrapped_class
    again = KMeansSageMakerEstimator._from_java(java)
    assert again.getK() == 4 and again.uid == stage.uid
    assert "k: " in stage.explainParams() and stage.hasParam("k") and not stage.hasParam("kk")
    assert stage._call_java("latestTrainingJob") is None and stage.latestTrainingJob is None
    assert stage._call_java("sagemakerRole") == stage.sagemakerRole


def test_a_client_outlives_the_stage_that_it_was_read_from(spark: SparkSession) -> None:
    from sagemaker_pyspark import SageMakerClients

    keys = {"access_key_id": "AKIAPLANTED", "secret_access_key": "planted-secret"}
    stage = kmeans(sagemakerClient=SageMakerClients.create_sagemaker_client(region="eu-west-1", **keys))
    model = stages.example_model(sagemakerClient=stage.sagemakerClient)
    del stage
    gc.collect()
    java = model._to_java().sagemakerClient()
    assert java.keys().get().secretAccessKey() == "planted-secret"
    assert "planted" not in repr(model.sagemakerClient) + java.toString() + model.explainParams()


def test_a_model_says_what_it_is_made_of(spark: SparkSession) -> None:
    from sagemaker_pyspark import CreatedResources, EndpointCreationPolicy
    from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

    model = stages.example_model(max_in_flight=4, prependResultRows=False)
    assert model.endpointName == model.existingEndpointName == "an-endpoint"
    assert model.endpointCreationPolicy is EndpointCreationPolicy.DO_NOT_CREATE
    assert model.requestRowSerializer == ProtobufRequestRowSerializer()
    assert (model.prependResultRows, model.max_in_flight, model.modelPath) == (False, 4, None)
    assert model.getCreatedResources() == CreatedResources() and not model.getCreatedResources()
    assert model.hyperParameters == {} and model.trainingJobName is None
    assert model.resourceCleanup._to_java() is not None
    with pytest.raises(TypeError, match="'max_flight'; the nearest known one is 'max_in_flight'"):
        stages.example_model(max_flight=4)


def test_transform_schema_is_pythons(spark: SparkSession) -> None:
    from pyspark.ml.linalg import VectorUDT
    from pyspark.sql.types import StringType, StructField, StructType

    given = StructType([StructField("features", VectorUDT())])
    found = stages.example_model().transformSchema(given)
    assert found.names == ["features", "distance_to_cluster", "closest_cluster"]
    with pytest.raises(ValueError, match="features"):
        stages.example_model().transformSchema(StructType([StructField("x", StringType())]))


def test_fit_and_transform_refuse_what_is_no_frame(spark: SparkSession) -> None:
    with pytest.raises(TypeError, match="of type list: give a Spark DataFrame"):
        kmeans().fit([1, 2])  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="of type int"):
        stages.example_model().transform(3)  # type: ignore[arg-type]
