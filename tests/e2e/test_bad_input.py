"""Input that can't work: one clear error, and nothing left that is billed and not named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import settings_of, small_requests

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


PLACES = ("trainingInputS3DataPath", "trainingOutputS3DataPath")


def there(found: dict[str, Any]) -> dict[str, Any]:
    """What exists in the service, but for ended training jobs and artifacts, which are no accident."""
    kinds = ("models", "endpoint_configs", "endpoints", "multipart_uploads")
    kept = {kind: found[kind] for kind in kinds}
    keys = {
        bucket: [k for k in keys if not k.endswith("model.tar.gz")]
        for bucket, keys in found["buckets"].items()
    }
    return {**kept, "keys": keys}


@pytest.fixture(autouse=True)
def nothing_is_left(existing: Callable[[], dict[str, Any]]) -> Iterator[None]:
    """After every test here, the service holds what it held before."""
    before = there(existing())
    yield
    after = there(existing())
    # A bucket of the account's own may have been made on the way; it is empty.
    after["keys"] = {
        bucket: keys for bucket, keys in after["keys"].items() if keys or bucket in before["keys"]
    }
    assert after == before


def no_upload(aws: LocalSageMaker) -> None:
    """Nothing was sent to S3, and no job was asked for."""
    made = set(aws.call_counts()) & {"PutObject", "CreateMultipartUpload", "CreateTrainingJob"}
    assert not made


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"trainingInstanceType": "m5.large"}, "trainingInstanceType is 'm5.large'"),
        ({"endpointInstanceType": "large"}, "endpointInstanceType is 'large'"),
        ({"trainingInstanceCount": 0}, "trainingInstanceCount is 0"),
        ({"endpointInitialInstanceCount": -1}, "endpointInitialInstanceCount is -1"),
        ({"trainingMaxRuntimeInSeconds": 0}, "trainingMaxRuntimeInSeconds is 0"),
        ({"trainingInputMode": "Stream"}, "trainingInputMode is 'Stream'"),
        ({"trainingS3DataDistribution": "all"}, "trainingS3DataDistribution is 'all'"),
        ({"trainingCompressionCodec": "zip"}, "trainingCompressionCodec is 'zip'"),
        ({"trainingChannelName": "a b"}, "trainingChannelName is 'a b'"),
        ({"trainingImage": "an image"}, "trainingImage is 'an image'"),
        ({"hyperParameters": {"x": "v" * 2501}}, "2501 characters"),
    ],
)
def test_a_setting_that_sagemaker_would_refuse_is_refused_before_anything_is_sent(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, overrides: dict[str, Any], message: str
) -> None:
    aws.reset_calls()
    with pytest.raises(ValueError, match=message):
        kmeans(**overrides).fit(digits)
    if "hyperParameters" not in overrides:
        no_upload(aws)


def test_names_and_roles_are_checked_first(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import IAMRole, IAMRoleFromConfig, RandomNamePolicyFactory
    from sagemaker_pyspark.errors import AwsConfigurationError

    aws.reset_calls()
    with pytest.raises(ValueError, match=r"'not-an-arn' is not the ARN"):
        kmeans(sagemakerRole=IAMRole("not-an-arn")).fit(digits)
    with pytest.raises(AwsConfigurationError, match=r"sparksdk\.sagemakerrole' is not set"):
        kmeans(sagemakerRole=IAMRoleFromConfig()).fit(digits)
    with pytest.raises(ValueError, match=r"name 'a_"):
        kmeans(namePolicyFactory=RandomNamePolicyFactory("a_")).fit(digits)
    with pytest.raises(ValueError, match=r"characters"):
        kmeans(namePolicyFactory=RandomNamePolicyFactory("p" * 40)).fit(digits)
    no_upload(aws)


def test_the_role_is_found_in_the_configuration(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, spark: SparkSession
) -> None:
    from sagemaker_pyspark import EndpointCreationPolicy, IAMRoleFromConfig

    key = "spark.com.amazonaws.services.sagemaker.sparksdk.sagemakerrole"
    spark.conf.set(key, aws.role_arn)
    try:
        model = kmeans(
            sagemakerRole=IAMRoleFromConfig(), endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE
        ).fit(digits)
        assert model.modelExecutionRoleARN == aws.role_arn
    finally:
        spark.conf.unset(key)


def test_no_region_no_credentials_and_no_service_are_said(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import SageMakerClients
    from sagemaker_pyspark.errors import AwsConfigurationError, SageMakerPySparkError

    options: dict[str, Any] = aws.client_options()

    def clients(**changed: Any) -> dict[str, Any]:
        given = {k: v for k, v in {**options, **changed}.items() if v is not None}
        return {
            "sagemakerClient": SageMakerClients.create_sagemaker_client(**given),
            "s3Client": SageMakerClients.create_s3_default_client(**given),
            "stsClient": SageMakerClients.create_sts_default_client(**given),
        }

    with pytest.raises(AwsConfigurationError, match=r"(?i)region"):
        kmeans(**clients(region=None)).fit(digits)
    with pytest.raises(AwsConfigurationError, match=r"(?i)credentials"):
        kmeans(**clients(access_key_id=None, secret_access_key=None)).fit(digits)
    with pytest.raises(SageMakerPySparkError, match=r"127\.0\.0\.1:1\b"):
        kmeans(**clients(endpoint_url="http://127.0.0.1:1", max_attempts=1)).fit(digits)
    with pytest.raises(SageMakerPySparkError) as wrong:
        kmeans(**clients(access_key_id="AKIAWRONG")).fit(digits)
    assert options["secret_access_key"] not in str(wrong.value)


def test_a_bucket_that_is_missing_or_denied_is_named(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import EndpointCreationPolicy, S3AutoCreatePath, S3DataPath
    from sagemaker_pyspark.errors import AwsConfigurationError, SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    aws.reset_calls()
    with pytest.raises(AwsConfigurationError, match=r"'nowhere-at-all' does not exist"):
        kmeans(trainingInputS3DataPath=S3DataPath("nowhere-at-all", "x")).fit(digits)
    aws.boto3_client("s3").create_bucket(Bucket="forbidden")
    forbidden = {name: S3DataPath("forbidden", "") for name in PLACES}
    aws.fail_next("HeadBucket", Fault.server_error(503), times=10)
    with pytest.raises(SageMakerPySparkError, match=r"'forbidden' could not be looked up: .*503"):
        kmeans(**forbidden).fit(digits)
    aws.clear_faults()
    # The name of the account's own bucket can be guessed.
    aws.fail_next("HeadBucket", Fault.access_denied(), times=10)
    with pytest.raises(AwsConfigurationError, match=r"is another account's than the caller's"):
        kmeans(trainingInputS3DataPath=S3AutoCreatePath()).fit(digits)
    aws.clear_faults()
    no_upload(aws)
    # A policy may allow what lies below a prefix, and not to look at the bucket.
    aws.fail_next("HeadBucket", Fault.access_denied(), times=10)
    aws.fail_next("PutObject", Fault.access_denied(), times=10)
    with pytest.raises(SageMakerPySparkError, match=r"s3://forbidden/.*AccessDenied"):
        kmeans(**forbidden).fit(digits)
    assert "CreateTrainingJob" not in aws.call_counts()
    aws.clear_faults()
    aws.fail_next("HeadBucket", Fault.access_denied(), times=10)
    model = kmeans(**forbidden, endpointCreationPolicy=EndpointCreationPolicy.DO_NOT_CREATE).fit(digits)
    assert model.modelPath is not None
    aws.clear_faults()


def test_a_label_that_is_needed_and_missing_is_named_before_there_is_a_job(
    aws: LocalSageMaker, digits: DataFrame
) -> None:
    from sagemaker_pyspark.algorithms import FactorizationMachinesRegressor, LinearLearnerRegressor

    aws.reset_calls()
    for kind in (FactorizationMachinesRegressor, LinearLearnerRegressor):
        estimator: Any = kind(**settings_of(aws), feature_dim=64)
        if kind is FactorizationMachinesRegressor:
            estimator.setNumFactors(2)
        with pytest.raises(ValueError, match=r'there is no column "label".*features'):
            estimator.fit(digits)
    no_upload(aws)


def test_in_csv_the_label_is_the_first_column_whatever_its_name(
    aws: LocalSageMaker, spark: SparkSession
) -> None:
    from sagemaker_pyspark.algorithms import LinearLearnerRegressor

    frame = spark.createDataFrame([(2.0 * i, float(i), 1.0) for i in range(40)], ["price", "size", "one"])
    model = LinearLearnerRegressor(
        **settings_of(aws),
        feature_dim=2,
        trainingSparkDataFormat="csv",
        trainingContentType="text/csv",
        endpointCreationPolicy="DO_NOT_CREATE",
    ).fit(frame)
    assert model.trainingJobName is not None


def test_a_job_that_does_not_exist_is_said_not_to(aws: LocalSageMaker) -> None:
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.transformation.deserializers import XGBoostCSVRowDeserializer
    from sagemaker_pyspark.transformation.serializers import UnlabeledCSVRequestRowSerializer

    with pytest.raises(TrainingJobError, match=r"^There is no training job 'nojob' in region us-east-1"):
        SageMakerModel.fromTrainingJob(
            "nojob",
            "image",
            aws.role_arn,
            "ml.m5.large",
            1,
            UnlabeledCSVRequestRowSerializer(),
            XGBoostCSVRowDeserializer(),
            sagemakerClient=settings_of(aws)["sagemakerClient"],
        )


def frames(spark: SparkSession) -> dict[str, tuple[DataFrame, str]]:
    """Frames that can't be trained on, each with what the error says."""
    from pyspark.ml.linalg import Vectors, VectorUDT
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    def vectors(*rows: Any, label: Any = None) -> DataFrame:
        fields = [StructField("features", VectorUDT())]
        if label is not None:
            fields.insert(0, StructField("label", label))
        return spark.createDataFrame(list(rows), StructType(fields))

    good = Vectors.dense([1.0, 2.0])
    return {
        "no column": (spark.createDataFrame([(1.0,)], ["x"]), "features"),
        "wrong type": (spark.createDataFrame([("a",)], ["features"]), "features"),
        "null": (vectors((good,), (None,)), "features"),
        "empty vector": (vectors((Vectors.dense([]),)), "features"),
        "ragged": (vectors((good,), (Vectors.dense([1.0]),)).coalesce(1), "features"),
        "ragged across partitions": (vectors((good,), (Vectors.dense([1.0]),)).repartition(2), "features"),
        "NaN": (vectors((Vectors.dense([float("nan"), 1.0]),)), "(?i)nan"),
        "infinity": (vectors((Vectors.sparse(3, [1], [float("inf")]),)), "(?i)infin"),
        "no rows": (vectors(), "(?i)empty|no rows"),
        "null label": (vectors((None, good), label=DoubleType()), "label"),
        "label of text": (vectors(("a", good), label=StringType()), "label"),
    }


CASES = [
    "no column",
    "wrong type",
    "null",
    "empty vector",
    "ragged",
    "ragged across partitions",
    "NaN",
    "infinity",
    "no rows",
    "null label",
    "label of text",
]


@pytest.mark.parametrize("case", CASES)
def test_data_that_cannot_be_trained_on_is_an_error_that_names_column_and_rule(
    aws: LocalSageMaker, kmeans: Estimators, spark: SparkSession, case: str
) -> None:
    from sagemaker_pyspark.errors import StagingError

    frame, message = frames(spark)[case]
    aws.reset_calls()
    with pytest.raises((ValueError, StagingError), match=message):
        kmeans(k=2).fit(frame)
    assert "CreateTrainingJob" not in aws.call_counts()


def test_columns_of_transform_are_checked_when_it_is_called(
    fitted: SageMakerModel, spark: SparkSession, digits: DataFrame
) -> None:
    with pytest.raises(ValueError, match=r"features"):
        fitted.transform(spark.createDataFrame([(1.0,)], ["x"]))
    with pytest.raises(ValueError, match=r"closest_cluster"):
        fitted.transform(fitted.transform(digits))


def test_rows_that_the_endpoint_cannot_take_are_named(fitted: SageMakerModel, spark: SparkSession) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.errors import InferenceError, explained

    narrow = spark.createDataFrame([(Vectors.dense([1.0]),)], ["features"])
    with pytest.raises(InferenceError, match=str(fitted.endpointName)), explained():
        fitted.transform(narrow).collect()
    tight = SageMakerModel.fromEndpoint(
        str(fitted.endpointName),
        fitted.requestRowSerializer,
        fitted.responseRowDeserializer,
        sagemakerClient=fitted.sagemakerClient,
        max_payload_bytes=100,
    )
    wide = spark.createDataFrame([(Vectors.dense([1.0] * 64),)], ["features"])
    with pytest.raises(InferenceError, match=r"100"), explained():
        tight.transform(wide).collect()


def test_an_existing_endpoint_takes_the_policy_that_creates_none(fitted: SageMakerModel) -> None:
    from sagemaker_pyspark import EndpointCreationPolicy, SageMakerModel

    with pytest.raises(ValueError, match=r"DO_NOT_CREATE"):
        SageMakerModel(
            "ml.m5.large",
            1,
            fitted.requestRowSerializer,
            fitted.responseRowDeserializer,
            existingEndpointName=str(fitted.endpointName),
            endpointCreationPolicy=EndpointCreationPolicy.CREATE_ON_TRANSFORM,
        )


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("max_in_flight", 0, "maxInFlight is 0: give 1 to 256"),
        ("max_in_flight", 257, "maxInFlight is 257"),
        ("max_payload_bytes", 0, "maxPayloadBytes is 0"),
        ("max_payload_bytes", 25 * 1024 * 1024 + 1, "25 MB is the service's limit"),
        ("max_rows_per_request", 0, "maxRowsPerRequest is 0: give at least 1"),
        ("invoke_timeout_millis", 0, "invokeTimeoutMillis is 0"),
        ("invoke_attempts", 0, "invokeAttempts is 0"),
        ("throttle_budget_millis", -1, "throttleBudgetMillis is -1"),
        ("custom_attributes", "a\nb", "customAttributes"),
    ],
)
def test_limits_that_make_no_sense_are_refused_when_they_are_set(
    kmeans: Estimators, fitted: SageMakerModel, option: str, value: Any, said: str
) -> None:
    given: dict[str, Any] = {option: value}
    with pytest.raises(ValueError, match=said):
        kmeans(**given)
    with pytest.raises(ValueError, match=said):
        small_requests(fitted, **given)


def test_a_limit_of_another_type_is_refused(kmeans: Estimators) -> None:
    for value in ("8", 8.5, True):
        with pytest.raises(TypeError, match="maxInFlight takes a whole number"):
            kmeans(max_in_flight=value)


def test_what_is_no_number_is_sent_and_answered_as_the_container_does(
    fitted: SageMakerModel, spark: SparkSession
) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark.errors import InferenceError, explained

    for value in (float("nan"), float("inf"), float("-inf")):
        rows = [
            (1, Vectors.dense([1.0] * 64)),
            (2, Vectors.sparse(64, {3: value})),
            (3, Vectors.dense([2.0] * 64)),
        ]
        frame = spark.createDataFrame(rows, ["id", "features"]).coalesce(1)
        with pytest.raises(InferenceError, match="rows 1 to 3 of partition 0") as refused, explained():
            fitted.transform(frame).collect()
        assert str(fitted.endpointName) in str(refused.value)


def test_rows_wider_than_the_model_get_the_containers_words_and_the_row(
    fitted: SageMakerModel, spark: SparkSession
) -> None:
    from pyspark.ml.linalg import Vectors
    from sagemaker_pyspark.errors import InferenceError, explained

    rows = [(Vectors.dense([1.0] * 64),), (Vectors.dense([1.0] * 65),)]
    frame = spark.createDataFrame(rows, ["features"]).coalesce(1)
    one_by_one = small_requests(fitted, max_rows_per_request=1)
    with pytest.raises(InferenceError, match="for row 2 of partition 0") as refused, explained():
        one_by_one.transform(frame).collect()
    assert "64" in str(refused.value) and "65" in str(refused.value)
    wide = spark.createDataFrame([(Vectors.sparse(100, {99: 1.0}),)], ["features"])
    with pytest.raises(InferenceError, match="100"), explained():
        fitted.transform(wide).collect()


def test_dense_and_sparse_rows_mix(fitted: SageMakerModel, spark: SparkSession, digits: DataFrame) -> None:
    from pyspark.ml.linalg import Vectors
    from pyspark.sql import functions as f

    some = digits.where("id < 50")
    rows = [
        (row["id"], Vectors.sparse(64, [(i, v) for i, v in enumerate(row["features"]) if v]))
        if row["id"] % 2
        else (row["id"], row["features"])
        for row in some.collect()
    ]
    mixed = fitted.transform(spark.createDataFrame(rows, ["id", "features"]).coalesce(1))
    plain = {row["id"]: row for row in fitted.transform(some).collect()}
    found = mixed.sort(f.col("id")).collect()
    assert [row["id"] for row in found] == sorted(plain)
    for row in found:
        assert row["closest_cluster"] == plain[row["id"]]["closest_cluster"]
        assert row["distance_to_cluster"] == pytest.approx(plain[row["id"]]["distance_to_cluster"], rel=1e-5)
    all_zero = spark.createDataFrame([(Vectors.sparse(64, {}),), (Vectors.dense([0.0] * 64),)], ["features"])
    first, second = fitted.transform(all_zero).collect()
    assert first["distance_to_cluster"] == pytest.approx(second["distance_to_cluster"], rel=1e-5)


def test_one_huge_row_is_named_with_its_size_and_the_limit(
    fitted: SageMakerModel, spark: SparkSession
) -> None:
    from pyspark.ml.functions import array_to_vector
    from pyspark.sql import functions as f
    from sagemaker_pyspark.errors import InferenceError, explained

    wide = spark.range(1).selectExpr("transform(sequence(1, 2000000), x -> cast(x as double)) numbers")
    frame = wide.select(array_to_vector(f.col("numbers")).alias("features"))
    with (
        pytest.raises(InferenceError, match=r"Row 1 of partition \d+ .* is 80\d+ bytes") as refused,
        explained(),
    ):
        fitted.transform(frame).collect()
    assert "5242880" in str(refused.value) and "max_payload_bytes" in str(refused.value)
    # A request that is allowed to be so large reaches the container, which says what it thinks of it.
    large = small_requests(fitted, max_payload_bytes=25 * 1000 * 1000)
    with pytest.raises(InferenceError, match="2000000"), explained():
        large.transform(frame).collect()
