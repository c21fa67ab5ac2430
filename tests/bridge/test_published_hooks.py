"""What programs written for 1.4.5 derive from and call below the public methods: they go on as they were."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.ml.linalg import DenseVector, Vectors, VectorUDT
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.sql import DataFrame
from pyspark.sql.types import DoubleType, StructField, StructType
from sagemaker_pyspark import (
    EndpointCreationPolicy,
    IAMRole,
    Option,
    RandomNamePolicy,
    RandomNamePolicyFactory,
    S3AutoCreatePath,
    SageMakerClients,
    SageMakerEstimatorBase,
    SageMakerJavaWrapper,
    SageMakerModel,
    SageMakerResourceCleanup,
    ScalaList,
    ScalaMap,
)
from sagemaker_pyspark.algorithms import KMeansSageMakerEstimator
from sagemaker_pyspark.names import NamePolicyFactory
from sagemaker_pyspark.transformation.deserializers import (
    KMeansProtobufResponseRowDeserializer,
    ProtobufResponseRowDeserializer,
)
from sagemaker_pyspark.transformation.serializers import (
    LibSVMRequestRowSerializer,
    ProtobufRequestRowSerializer,
    RequestRowSerializer,
)

from tests.bridge import stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ALGORITHMS = [kind for kind in stages.estimator_classes() if kind.__name__ != "SageMakerEstimator"]
KMEANS = str(KMeansSageMakerEstimator._wrapped_class)
SCORE = StructType([StructField("score", DoubleType())])
ROWS = StructType([StructField("label", DoubleType()), StructField("features", VectorUDT())])


def made(java_class: str, *arguments: Any) -> Any:
    return SageMakerJavaWrapper()._new_java_obj(java_class, *arguments)


def some(value: Any) -> Any:
    """A JVM object that holds what became of a Python value."""
    return made("scala.Some", value).get()


def columns(java_schema: Any) -> StructType:
    return StructType.fromJson(json.loads(java_schema.json()))


class OwnDefaults(KMeansSageMakerEstimator):
    """A subclass with defaults of its own, and a Param that no JVM class has."""

    note = Param(Params._dummy(), "note", "a note", typeConverter=TypeConverters.toListString)

    def __init__(self, **settings: Any) -> None:
        super().__init__(*stages.INSTANCES, sagemakerRole=IAMRole(stages.ARN), **settings)
        self._setDefault(k=10, epochs=4, extra_center_factor="auto", note=["none"])


def test_defaults_of_a_subclass_are_the_jobs(spark: SparkSession, tmp_path: Path) -> None:
    stage = OwnDefaults()
    stage._transfer_params_to_java()
    for one in (stage, stage.copy(), stage.copy({stage.k: 11}), OwnDefaults(k=12)):
        k = one.getK()
        sent = one._call_java("makeHyperParameters")
        assert (sent["k"], sent["epochs"], sent["extra_center_factor"]) == (str(k), "4", "auto")
        assert one._call_java("getK") == k and one.getEpochs() == one._call_java("getEpochs") == 4
        assert one.isSet("k") is (k != 10)
    stage.save(str(tmp_path / "stage"))
    loaded = KMeansSageMakerEstimator.load(str(tmp_path / "stage"))
    assert not loaded.isSet("k") and loaded.getK() == loaded._call_java("getK") == 10
    stage._setDefault(k=1)
    with pytest.raises(ValueError, match=r"^k is 1: expected a whole number >= 2$"):
        stage._transfer_params_to_java()


def test_a_param_that_only_python_has_stays_there(spark: SparkSession, tmp_path: Path) -> None:
    stage = OwnDefaults(note=["a"])
    assert stage.getOrDefault("note") == ["a"]
    assert stage._set(note=["b"], k=3).getOrDefault(stage.note) == ["b"]
    stage.set(stage.note, ["c"])
    with pytest.raises(TypeError, match="Could not convert 5"):
        stage.set(stage.note, 5)
    assert "note" not in stage._call_java("makeHyperParameters") and stage._call_java("getK") == 3
    assert stage.copy({stage.note: ["d"]}).getOrDefault("note") == ["d"]
    stage.save(str(tmp_path / "stage"))
    assert OwnDefaults.load(str(tmp_path / "stage")).getK() == 3


def test_a_param_that_only_python_has_is_named_when_it_was_set(spark: SparkSession) -> None:
    wrong: Any = "no frame"
    named = r"^note of OwnDefaults \S+ was set and isn't sent"
    with pytest.warns(RuntimeWarning, match=named), pytest.raises(TypeError, match="Spark DataFrame"):
        OwnDefaults(note=["a"]).fit(wrong)
    unset, given = OwnDefaults()._set(note=None), OwnDefaults(note=["a"], hyperParameters={"note": "a"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for stage in (OwnDefaults(k=3), unset, given):
            with pytest.raises(TypeError, match="Spark DataFrame"):
                stage.fit(wrong)


def test_params_of_both_kinds_are_cleared(spark: SparkSession) -> None:
    stage = OwnDefaults(note=["a"], epochs=7)
    stage.clear(stage.note)
    stage.clear(stage.epochs)
    assert stage.getOrDefault("note") == ["none"] and stage.getEpochs() == 4
    assert stage._call_java("makeHyperParameters")["epochs"] == "4"
    assert stage._set(note=None).getOrDefault("note") is None


class Own(SageMakerEstimatorBase):
    """An estimator that makes its JVM object itself, as 1.4.5 asked of every subclass."""

    _wrapped_class = KMEANS

    k = Param(Params._dummy(), "k", "clusters", typeConverter=TypeConverters.toInt)

    def __init__(self, instance: str, centres: int | None = None, role: Any = None, uid: str = "own") -> None:
        super().__init__(instance=instance, centres=centres, role=role, uid=uid)
        self._setDefault(k=5)

    def _get_java_obj(self, **kwargs: Any) -> Any:
        assert set(kwargs) == {"instance", "centres", "role", "uid"}
        return self._new_java_obj(
            str(self._wrapped_class),
            *[IAMRole(stages.ARN), kwargs["instance"], 1, kwargs["instance"], 1],
            *[ProtobufRequestRowSerializer(), KMeansProtobufResponseRowDeserializer()],
            *[S3AutoCreatePath(), S3AutoCreatePath(), 10, Option(["features"]), "train", Option(None)],
            *["ShardedByS3Key", "sagemaker", {}, "File", Option(None), 3600, Option(None), {"A": "b"}],
            EndpointCreationPolicy.DO_NOT_CREATE,
            *[SageMakerClients.create_sagemaker_client(), Option(None)],
            *[SageMakerClients.create_s3_default_client(), SageMakerClients.create_sts_default_client()],
            *[True, True, RandomNamePolicyFactory(), kwargs["uid"]],
        )


def test_an_estimator_may_make_its_jvm_object_with_the_published_constructor(spark: SparkSession) -> None:
    stage = Own("ml.m4.xlarge")
    assert stage.uid == stage._to_java().uid() == "own"
    assert stage.trainingInstanceType == "ml.m4.xlarge"
    assert stage.trainingProjectedColumns == ["features"] and stage.modelEnvironmentVariables == {"A": "b"}
    assert stage.endpointCreationPolicy is EndpointCreationPolicy.DO_NOT_CREATE
    assert stage.getOrDefault(stage.k) == stage._call_java("getK") == 5
    assert stage.copy({stage.k: 7})._call_java("getK") == 7


def published(self: Any, **kwargs: Any) -> Any:
    """The `_get_java_obj` that 1.4.5's own estimators of algorithms had."""
    return self._new_java_obj(
        type(self)._wrapped_class,
        kwargs["sagemakerRole"],
        kwargs["trainingInstanceType"],
        kwargs["trainingInstanceCount"],
        kwargs["endpointInstanceType"],
        kwargs["endpointInitialInstanceCount"],
        kwargs["requestRowSerializer"],
        kwargs["responseRowDeserializer"],
        kwargs["trainingInputS3DataPath"],
        kwargs["trainingOutputS3DataPath"],
        kwargs["trainingInstanceVolumeSizeInGB"],
        Option(kwargs["trainingProjectedColumns"]),
        kwargs["trainingChannelName"],
        Option(kwargs["trainingContentType"]),
        kwargs["trainingS3DataDistribution"],
        kwargs["trainingSparkDataFormat"],
        kwargs["trainingSparkDataFormatOptions"],
        kwargs["trainingInputMode"],
        Option(kwargs["trainingCompressionCodec"]),
        kwargs["trainingMaxRuntimeInSeconds"],
        Option(kwargs["trainingKmsKeyId"]),
        kwargs["modelEnvironmentVariables"],
        kwargs["endpointCreationPolicy"],
        kwargs["sagemakerClient"],
        Option(kwargs["region"]),
        kwargs["s3Client"],
        kwargs["stsClient"],
        kwargs["modelPrependInputRowsToTransformationRows"],
        kwargs["deleteStagingDataAfterTraining"],
        kwargs["namePolicyFactory"],
        kwargs["uid"],
    )


@pytest.mark.parametrize("kind", ALGORITHMS, ids=lambda kind: str(kind.__name__))
def test_an_algorithms_estimator_may_make_its_jvm_object_as_in_1_4_5(spark: SparkSession, kind: Any) -> None:
    own = type("OwnWay", (kind,), {"_get_java_obj": published})
    made, plain = (one(*stages.INSTANCES, region="eu-west-1") for one in (own, kind))
    for name in plain._setting_names():
        assert getattr(made, name) == getattr(plain, name), name
    assert made.uid == made._to_java().uid() != plain.uid
    assert made._call_java("makeHyperParameters") == plain._call_java("makeHyperParameters")


def test_an_estimators_own_way_may_be_that_of_its_parent(spark: SparkSession) -> None:
    class Larger(KMeansSageMakerEstimator):
        def _get_java_obj(self, **kwargs: Any) -> Any:
            return super()._get_java_obj(**{**kwargs, "trainingInstanceCount": 7})

    larger = stages.example(Larger, uid="u", k=5, max_in_flight=3)
    assert larger.trainingInstanceCount == 7 and larger.uid == "u"
    assert larger.getK() == larger._call_java("getK") == 5 and larger.max_in_flight == 3
    with pytest.raises(ValueError, match=r"^k is 1"):
        stages.example(Larger, k=1)


def test_arguments_of_the_jvm_are_scalas_and_sparks(spark: SparkSession) -> None:
    assert some(["a", ["b"]]).apply(1).head() == "b"
    assert some({"a": {"b": 1}}).apply("a").apply("b") == 1
    assert some({}).isEmpty() and some([]).isEmpty()
    for schema in (some(ROWS), Option(ROWS)._to_java().get(), ScalaList([ROWS])._to_java().head()):
        assert columns(schema) == ROWS
    assert ScalaMap({"a": ROWS})._to_java().apply("a").fieldNames()[1] == "features"
    assert some(Vectors.dense([1.0, 2.0])).size() == 2
    assert some(spark.range(3)).count() == 3
    assert some(spark.sparkContext).appName() == "tests"
    assert some(None) is None
    policy = EndpointCreationPolicy.DO_NOT_CREATE._to_java()
    assert policy.toString() == "DO_NOT_CREATE" and policy.id() == 2
    libsvm = made(str(LibSVMRequestRowSerializer._wrapped_class), Option(ROWS), "l", "f")
    assert columns(libsvm.schema().get()) == ROWS
    keys = Option(["score"])
    assert made(str(ProtobufResponseRowDeserializer._wrapped_class), SCORE, keys).schema().length() == 1


def test_answers_of_the_jvm_are_pythons(spark: SparkSession) -> None:
    model = stages.example_model()
    frame = spark.createDataFrame([(1.0, Vectors.dense([1.0, 2.0]))], ROWS)
    answered = model._call_java("transform", frame)
    assert isinstance(answered, DataFrame) and answered.columns[-1] == "closest_cluster"
    assert model._call_java("transformSchema", frame.schema).fieldNames()[0] == "label"
    assert SageMakerJavaWrapper._from_java(frame._jdf).first().features == Vectors.dense([1.0, 2.0])
    again = SageMakerJavaWrapper._from_java(model._to_java())
    assert type(again) is SageMakerModel and again.uid == model.uid
    cleanup = SageMakerJavaWrapper._from_java(model.resourceCleanup._to_java())
    assert type(cleanup) is SageMakerResourceCleanup
    assert type(SageMakerResourceCleanup._from_java(cleanup._to_java())) is SageMakerResourceCleanup
    assert type(SageMakerJavaWrapper._from_java(some(Vectors.dense([1.0])))) is DenseVector


def test_an_answer_of_the_users_own_class_is_given_to_that_class(spark: SparkSession) -> None:
    class Bits(SageMakerJavaWrapper):
        _wrapped_class = "java.util.BitSet"

        @classmethod
        def _from_java(cls, java_object: Any) -> Any:
            return f"read {java_object.toString()}"

    bits = Bits()
    bits._to_java().set(3)
    assert SageMakerJavaWrapper._from_java(bits._to_java()) == bits._call_java("clone") == "read {3}"


def test_a_jvm_class_without_arguments_needs_nothing_but_its_name(spark: SparkSession) -> None:
    class Plain(SageMakerJavaWrapper):
        _wrapped_class = "java.util.BitSet"

    class Serializer(RequestRowSerializer):
        _wrapped_class = "java.util.BitSet"

    class Factory(NamePolicyFactory):
        _wrapped_class = "java.util.BitSet"

    for kind in (Plain, Serializer, Factory):
        one = kind()
        assert one._to_java().getClass().getName() == "java.util.BitSet"
        assert one._to_java() is one._to_java() and one._call_java("length") == 0


def test_a_factory_of_the_users_makes_policies(spark: SparkSession) -> None:
    class Factory(NamePolicyFactory):
        def __init__(self) -> None:
            super().__init__()
            self._java_obj = made(f"{RandomNamePolicyFactory._wrapped_class}", "p")

    assert Factory().createNamePolicy() == RandomNamePolicy("p")


class OwnSerializer(RequestRowSerializer):
    """As 1.4.5 had its users write it."""

    _wrapped_class = ProtobufRequestRowSerializer._wrapped_class

    def __init__(self, schema: StructType | None = None) -> None:
        self.schema = schema
        self._java_obj = None

    def _to_java(self) -> Any:
        if self._java_obj is None:
            self._java_obj = self._new_java_obj(str(self._wrapped_class), Option(self.schema), "features")
        return self._java_obj


class MadeAtOnce(RequestRowSerializer):
    """Its JVM object is made in the constructor."""

    def __init__(self) -> None:
        super().__init__()
        self._java_obj = made(str(ProtobufRequestRowSerializer._wrapped_class), Option(None), "features")


def test_serializers_of_the_users_take_a_schema(spark: SparkSession) -> None:
    assert columns(OwnSerializer(ROWS)._to_java().schema().get()) == ROWS
    later = OwnSerializer()
    later.setSchema(ROWS)
    assert columns(later._to_java().schema().get()) == ROWS
    for serializer in (MadeAtOnce(), OwnSerializer()):
        kept = serializer._to_java()
        serializer.setSchema(ROWS)
        assert serializer._to_java() is kept
        assert StructType.fromJson(json.loads(serializer._call_java("arguments")["schema"])) == ROWS
    ours = ProtobufRequestRowSerializer()
    assert ours._to_java().schema().isEmpty()
    ours.setSchema(ROWS)
    assert columns(ours._to_java().schema().get()) == ROWS
