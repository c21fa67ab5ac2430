"""A service that misbehaves: what can be retried is, the rest is one error, and nothing is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support import keys_of, settings_of, small_requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.local import LocalSageMaker

    from tests.e2e.support import Estimators


def test_ten_rows_sent_and_seven_answered_is_an_error_that_says_so(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import RowCountError, explained
    from sagemaker_pyspark.local import Fault

    ten = digits.limit(10).coalesce(1).cache()
    aws.fail_next("InvokeEndpoint", Fault.drop_rows(3), times=20)
    with pytest.raises(RowCountError) as short, explained():
        fitted.transform(ten).collect()
    message = str(short.value)
    assert "10" in message and "7" in message and str(fitted.endpointName) in message
    assert "\n\tat " not in message
    aws.clear_faults()
    aws.fail_next("InvokeEndpoint", Fault.extra_rows(2), times=20)
    with pytest.raises(RowCountError, match=r"12"), explained():
        fitted.transform(ten).collect()


@pytest.mark.parametrize(
    "fault",
    ["throttle", "model_not_ready", "server_error", "unavailable", "reset", "cut", "closed"],
)
def test_what_passes_by_itself_is_retried_and_all_rows_come_in_order(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, fault: str
) -> None:
    from sagemaker_pyspark.local import Fault

    expected = [tuple(r) for r in fitted.transform(digits).collect()]
    midway = {"cut": Fault.reset(after_bytes=20), "closed": Fault.close(after_bytes=20)}
    made = midway[fault] if fault in midway else getattr(Fault, fault)()
    aws.reset_calls()
    aws.fail_next("InvokeEndpoint", made, times=2)
    assert [tuple(r) for r in small_requests(fitted).transform(digits).collect()] == expected
    assert aws.call_counts()["InvokeEndpoint"] >= digits.count() / 10 + 2


@pytest.mark.parametrize("fault", ["truncate", "corrupt"])
def test_an_answer_that_is_damaged_never_gives_rows(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame, fault: str
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.local import Fault

    aws.fail_next("InvokeEndpoint", getattr(Fault, fault)(), times=100)
    with pytest.raises(InferenceError, match=str(fitted.endpointName)), explained():
        fitted.transform(digits).collect()


def test_a_body_that_is_too_large_for_the_endpoint_is_split(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.local import Fault

    expected = [tuple(r) for r in fitted.transform(digits).collect()]
    aws.fail_next("InvokeEndpoint", Fault.payload_too_large(), times=3)
    assert [tuple(r) for r in fitted.transform(digits).collect()] == expected


def test_an_error_of_the_container_fails_at_once_and_says_where(
    aws: LocalSageMaker, fitted: SageMakerModel, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained
    from sagemaker_pyspark.local import Fault

    one = digits.limit(5).coalesce(1).cache()
    one.count()
    aws.fail_next("InvokeEndpoint", Fault.model_error(400, "not today"), times=20)
    with pytest.raises(InferenceError, match=r"not today") as refused, explained():
        fitted.transform(one).collect()
    assert str(fitted.endpointName) in str(refused.value)
    assert "log" in str(refused.value).lower()


def test_an_endpoint_deleted_between_two_transforms_is_named(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import InferenceError, explained

    model = kmeans().fit(digits)
    assert model.transform(digits).count() == digits.count()
    aws.boto3_client("sagemaker").delete_endpoint(EndpointName=model.endpointName)
    with pytest.raises(InferenceError, match=str(model.endpointName)), explained():
        model.transform(digits.limit(1)).collect()
    model.delete()


def test_a_model_whose_endpoint_is_being_deleted_by_somebody_else_can_be_deleted(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, existing: Callable[[], dict[str, Any]]
) -> None:
    model = kmeans().fit(digits)
    created = model.getCreatedResources()
    aws.boto3_client("sagemaker").delete_endpoint(EndpointName=created.endpoint_name)
    model.delete()
    left = existing()
    assert created.endpoint_name not in left["endpoints"]
    assert created.endpoint_config_name not in left["endpoint_configs"]
    assert created.model_name not in left["models"]


def test_a_training_job_that_fails_gives_its_reason_and_its_log(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.local import Fault

    before = keys_of(aws)
    aws.fail_next("CreateTrainingJob", Fault.training_failure("AlgorithmError: out of luck"))
    estimator = kmeans()
    with pytest.raises(TrainingJobError, match=r"out of luck") as failed:
        estimator.fit(digits)
    assert failed.value.training_job_name == estimator.latestTrainingJob
    assert failed.value.status == "Failed" and "/aws/sagemaker/TrainingJobs" in str(failed.value)
    assert keys_of(aws) == before


def test_a_job_that_is_refused_leaves_no_data(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import CustomNamePolicyFactory
    from sagemaker_pyspark.errors import SageMakerPySparkError, TrainingJobError
    from sagemaker_pyspark.local import Fault

    fixed = CustomNamePolicyFactory("fixed-job", "fixed-model", "fixed-config", "fixed-endpoint")
    kmeans(namePolicyFactory=fixed, endpointCreationPolicy="DO_NOT_CREATE").fit(digits)
    before = keys_of(aws)
    with pytest.raises(TrainingJobError, match=r"already exists"):
        kmeans(namePolicyFactory=fixed).fit(digits)
    aws.fail_next("CreateTrainingJob", Fault.access_denied(), times=10)
    with pytest.raises(SageMakerPySparkError, match=r"(?i)denied"):
        kmeans().fit(digits)
    assert keys_of(aws) == before


@pytest.mark.parametrize(
    "operation", ["CreateTrainingJob", "CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
)
def test_what_was_created_is_found_when_the_answer_is_lost(
    aws: LocalSageMaker,
    kmeans: Estimators,
    digits: DataFrame,
    existing: Callable[[], dict[str, Any]],
    operation: str,
) -> None:
    from sagemaker_pyspark.local import Fault

    before = existing()
    aws.reset_calls()
    # The service has created it, and is asked again.
    aws.fail_next(operation, Fault.close(after_bytes=5))
    model = kmeans().fit(digits)
    assert aws.call_counts()[operation] == 2
    assert model.transform(digits.limit(5)).count() == 5
    model.delete()
    after = existing()
    assert [after[kind] for kind in ("endpoints", "endpoint_configs", "models")] == [
        before[kind] for kind in ("endpoints", "endpoint_configs", "models")
    ]


def test_what_may_have_been_created_is_named_when_nobody_can_say(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import list_runs, remove_run
    from sagemaker_pyspark.errors import EndpointError, TrainingJobError
    from sagemaker_pyspark.local import Fault

    clients = {name: settings_of(aws)[name] for name in ("sagemakerClient", "s3Client", "stsClient")}
    aws.fail_next("CreateTrainingJob", Fault.close(after_bytes=5))
    aws.fail_next("DescribeTrainingJob", Fault.access_denied(), times=20)
    estimator = kmeans()
    # The second attempt is answered that the name is taken.
    with pytest.raises(TrainingJobError, match=r"may have been created.*list_runs\(\)") as job:
        estimator.fit(digits)
    aws.clear_faults()
    [run] = [run for run in list_runs(**clients) if run.training_job_name == job.value.training_job_name]
    remove_run(run, **clients)

    aws.fail_next("CreateEndpoint", Fault.close(after_bytes=5))
    aws.fail_next("DescribeEndpoint", Fault.access_denied(), times=20)
    with pytest.raises(EndpointError, match=r"endpoint '\S+' may have been created") as endpoint:
        kmeans().fit(digits)
    aws.clear_faults()
    assert endpoint.value.created_resources is not None
    name = endpoint.value.created_resources.endpoint_name
    assert name in aws.resources()["endpoints"]
    aws.boto3_client("sagemaker").delete_endpoint(EndpointName=name)


def test_a_state_that_cannot_be_looked_up_for_a_while_costs_no_fit(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark import SageMakerClients
    from sagemaker_pyspark.local import Fault

    # More failures than the SDK's attempts.
    once = SageMakerClients.create_sagemaker_client(**{**aws.client_options(), "max_attempts": 1})
    aws.fail_next("DescribeTrainingJob", Fault.unavailable(), times=3)
    aws.fail_next("DescribeEndpoint", Fault.reset(), times=3)
    model = kmeans(sagemakerClient=once).fit(digits)
    assert model.transform(digits.limit(5)).count() == 5
    model.delete()


@pytest.mark.parametrize(
    ("name", "value"), [("endpoint_poll_interval_millis", 0), ("endpoint_creation_timeout_seconds", -1)]
)
def test_how_to_wait_for_the_endpoint_is_checked_before_there_is_one(
    aws: LocalSageMaker, kmeans: Estimators, name: str, value: int
) -> None:
    with pytest.raises(ValueError, match=rf"^endpoint\w+ is {value}: expected at least"):
        kmeans(**{name: value})


def test_staged_data_that_cannot_be_deleted_does_not_cost_the_model(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.local import Fault

    aws.fail_next("DeleteObjects", Fault.access_denied(), times=50)
    # Of a kind that Python shows without being told to.
    with pytest.warns(RuntimeWarning, match=r"could not be deleted") as said:
        model = kmeans(endpointCreationPolicy="DO_NOT_CREATE").fit(digits)
    assert model.modelPath is not None and str(model.trainingJobName) in str(said[0].message)
    aws.fail_next("DeleteObjects", Fault.access_denied(), times=50)
    aws.fail_next("CreateTrainingJob", Fault.training_failure("AlgorithmError: out of luck"))
    with pytest.raises(TrainingJobError, match=r"out of luck.*could not be deleted"):
        kmeans().fit(digits)


def test_a_role_that_may_not_list_is_not_told_of_data_that_is_left(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    import warnings

    from sagemaker_pyspark.errors import TrainingJobError
    from sagemaker_pyspark.local import Fault

    before = keys_of(aws)
    for operation in ("ListObjectsV2", "ListMultipartUploads"):
        aws.fail_at_random(operation, [Fault.access_denied()], 1.0, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        kmeans(endpointCreationPolicy="DO_NOT_CREATE").fit(digits)
    aws.fail_next("CreateTrainingJob", Fault.training_failure("AlgorithmError: out of luck"))
    with pytest.raises(TrainingJobError, match="out of luck") as failed:
        kmeans().fit(digits)
    assert "could not be deleted" not in str(failed.value)
    # The record of the job that failed is gone too.
    assert {key for key in keys_of(aws) if not key.endswith("model.tar.gz")} <= before


def test_uploads_that_fail_leave_no_object_and_no_open_upload(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, existing: Callable[[], dict[str, Any]]
) -> None:
    from sagemaker_pyspark.errors import SageMakerPySparkError
    from sagemaker_pyspark.local import Fault

    before = existing()
    for operation in ("PutObject", "UploadPart", "CompleteMultipartUpload"):
        aws.fail_next(operation, Fault.access_denied(), times=100)
    with pytest.raises(SageMakerPySparkError, match=r"(?i)denied"):
        kmeans().fit(digits)
    aws.clear_faults()
    assert existing() == before
    aws.fail_next("PutObject", Fault.slow_down(), times=2)
    aws.fail_next("PutObject", Fault.reset(), times=1)
    model = kmeans(endpointCreationPolicy="DO_NOT_CREATE").fit(digits)
    assert model.modelPath is not None


def test_an_endpoint_that_fails_is_deleted_and_its_reason_said(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, existing: Callable[[], dict[str, Any]]
) -> None:
    from sagemaker_pyspark.errors import EndpointError
    from sagemaker_pyspark.local import Fault

    before = existing()
    aws.fail_next("CreateEndpoint", Fault.endpoint_failure("no capacity"))
    with pytest.raises(EndpointError, match=r"no capacity"):
        kmeans().fit(digits)
    after = existing()
    assert all(after[kind] == before[kind] for kind in ("models", "endpoint_configs", "endpoints"))


def test_what_cannot_be_deleted_is_named(aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame) -> None:
    from sagemaker_pyspark.errors import EndpointError, ResourceCleanupError
    from sagemaker_pyspark.local import Fault

    aws.fail_next("CreateEndpoint", Fault.endpoint_failure("no capacity"))
    aws.fail_next("DeleteEndpoint", Fault.access_denied(), times=20)
    with pytest.raises(EndpointError, match=r"no capacity") as failed:
        kmeans().fit(digits)
    left = failed.value.created_resources
    assert left is not None and left.endpoint_name and left.endpoint_name in str(failed.value)
    aws.clear_faults()
    aws.boto3_client("sagemaker").delete_endpoint(EndpointName=left.endpoint_name)

    model = kmeans().fit(digits)
    aws.fail_next("DeleteEndpoint", Fault.access_denied(), times=20)
    with pytest.raises(ResourceCleanupError) as kept:
        model.delete()
    assert kept.value.created_resources is not None
    assert kept.value.created_resources.endpoint_name == model.endpointName
    assert kept.value.created_resources.model_name is None
    aws.clear_faults()
    model.delete()


def test_an_endpoint_that_takes_too_long_is_given_up_and_named(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame, existing: Callable[[], dict[str, Any]]
) -> None:
    from sagemaker_pyspark import RandomNamePolicyFactory
    from sagemaker_pyspark.errors import EndpointError

    with pytest.raises(EndpointError, match=r"endpoint 'late-endpoint-\S+' did not .* within 0 s") as late:
        kmeans(endpoint_creation_timeout_seconds=0, namePolicyFactory=RandomNamePolicyFactory("late-")).fit(
            digits
        )
    # SageMaker deletes no endpoint that is coming up.
    left = late.value.created_resources
    assert left is not None and left.endpoint_name is not None and left.endpoint_name in str(late.value)
    assert left.model_name is None and left.endpoint_config_name is None
    found = existing()
    assert [n for kind in ("endpoint_configs", "models") for n in found[kind] if n.startswith("late-")] == []
    assert left.endpoint_name in found["endpoints"]


def test_a_stopped_job_is_an_error_and_ctrl_c_can_stop_it(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from sagemaker_pyspark.errors import TrainingJobError

    client = aws.boto3_client("sagemaker")
    estimator = kmeans()

    def stop(progress: Any) -> None:
        if progress.status == "InProgress":
            client.stop_training_job(TrainingJobName=progress.training_job_name)

    with pytest.raises(TrainingJobError, match=r"Stopped"):
        kmeans(progress=stop).fit(digits)

    def interrupt(progress: Any) -> None:
        raise KeyboardInterrupt

    estimator = kmeans(progress=interrupt)
    with pytest.raises(KeyboardInterrupt, match=r"stop-training-job"):
        estimator.fit(digits)
    name = estimator.latestTrainingJob
    assert name is not None
    client.stop_training_job(TrainingJobName=name)
    estimator = kmeans(progress=interrupt, stop_on_interrupt=True)
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(digits)
    stopped = client.describe_training_job(TrainingJobName=estimator.latestTrainingJob)
    assert stopped["TrainingJobStatus"] in {"Stopping", "Stopped"}


def test_two_fits_at_once_do_not_touch_each_other(
    aws: LocalSageMaker, kmeans: Estimators, digits: DataFrame
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        models = list(
            pool.map(lambda k: kmeans(k=k, endpointCreationPolicy="DO_NOT_CREATE").fit(digits), (3, 4))
        )
    assert models[0].trainingJobName != models[1].trainingJobName
    assert models[0].modelPath != models[1].modelPath
