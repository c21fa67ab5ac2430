"""Values without a JVM: what they hold, how they are described, and what they never show."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest


def all_values() -> list[Any]:
    from pyspark.sql.types import DoubleType, StructField, StructType
    from sagemaker_pyspark import names, roles, s3
    from sagemaker_pyspark.cleanup import CreatedResources
    from sagemaker_pyspark.transformation import deserializers, serializers

    schema = StructType([StructField("score", DoubleType())])
    three = StructType([StructField(name, DoubleType()) for name in "abc"])
    four = ("job", "model", "config", "endpoint")
    made: list[Any] = [
        roles.IAMRole("arn:aws:iam::123456789012:role/r"),
        roles.IAMRoleFromConfig(),
        roles.IAMRoleFromConfig("key"),
        s3.S3DataPath("bucket", "a/b"),
        s3.S3AutoCreatePath(),
        s3.S3PathFromConfig("key"),
        names.RandomNamePolicy("p"),
        names.RandomNamePolicyFactory("p"),
        names.CustomNamePolicy(*four),
        names.CustomNamePolicyFactory(*four),
        names.CustomNamePolicyWithTimeStampSuffix(*four),
        names.CustomNamePolicyWithTimeStampSuffixFactory(*four),
        CreatedResources("model", None, "endpoint"),
        serializers.ProtobufRequestRowSerializer(schema, "f"),
        serializers.LibSVMRequestRowSerializer(labelColumnName="l"),
        deserializers.ProtobufResponseRowDeserializer(three, ["a", "3:\U0001f600", ""]),
        deserializers.ProtobufResponseRowDeserializer(schema),
        deserializers.KMeansProtobufResponseRowDeserializer("d", "c"),
        deserializers.LibSVMResponseRowDeserializer(4, "l", "f"),
        serializers.LibSVMRequestRowSerializer(schema, labelRequired=False),
        serializers.LabeledCSVRequestRowSerializer(schema, "l", "f"),
        serializers.CSVColumnsRequestRowSerializer(["a", "3:\U0001f600", ""], schema),
        serializers.JSONRequestRowSerializer(schema, "f", ["b", "a"], "rows"),
        serializers.JSONRequestRowSerializer(envelope=""),
        serializers.JSONLinesRequestRowSerializer(columns=["a"]),
        deserializers.CSVResponseRowDeserializer(three),
        deserializers.JSONResponseRowDeserializer(three, ["x", "y", "z"], ""),
        deserializers.JSONResponseRowDeserializer(schema),
        deserializers.JSONLinesResponseRowDeserializer(three, ["x", "y", "z"]),
        deserializers.XGBoostCSVRowDeserializer("p", num_class=3),
    ]
    return made


def test_a_value_is_made_again_of_its_description() -> None:
    from sagemaker_pyspark._jvm import values

    for value in all_values():
        again = values.decode(value._describe())
        assert again == value and hash(again) == hash(value)
        assert repr(again) == repr(value)


def test_descriptions_have_the_names_that_the_jvm_uses() -> None:
    from sagemaker_pyspark import IAMRole, S3DataPath
    from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer

    assert IAMRole("arn")._describe() == {"class": "IAMRole", "role": "arn"}
    assert S3DataPath("b", "p")._describe() == {"class": "S3DataPath", "bucket": "b", "objectPath": "p"}
    package = "com.amazonaws.services.sagemaker.sparksdk.transformation.deserializers"
    assert KMeansProtobufResponseRowDeserializer("d")._describe() == {
        "class": f"{package}.KMeansProtobufResponseRowDeserializer",
        "arguments": {"distanceToClusterColumnName": "d", "closestClusterColumnName": "closest_cluster"},
    }


def test_s3_paths_read_and_write_uris() -> None:
    from sagemaker_pyspark import S3DataPath

    path = S3DataPath.fromS3URI("s3://bucket/a/b")
    assert (path.bucket, path.objectPath) == ("bucket", "a/b")
    assert path.toS3UriString() == "s3://bucket/a/b"
    for wrong in ("bucket/a", "https://bucket/a", "s3://"):
        with pytest.raises(ValueError, match="s3://bucket/prefix"):
            S3DataPath.fromS3URI(wrong)


def test_factories_make_policies_of_the_same_names() -> None:
    from sagemaker_pyspark import CustomNamePolicyFactory, RandomNamePolicyFactory

    assert RandomNamePolicyFactory("p").createNamePolicy().prefix == "p"
    assert CustomNamePolicyFactory("j", "m", "c", "e").createNamePolicy().endpointName == "e"


def test_secrets_of_a_client_are_never_shown() -> None:
    from sagemaker_pyspark import SageMakerClients

    keys = {
        "access_key_id": "AKIAPLANTED",
        "secret_access_key": "planted-secret",
        "session_token": "planted-token",
    }
    client = SageMakerClients.create_s3_default_client(region="eu-west-1", **keys)
    for text in (repr(client), str(client)):
        assert "eu-west-1" in text
        assert not any(secret in text for secret in keys.values())
    assert client._describe()["secretAccessKey"] == "planted-secret"
    with pytest.raises(ValueError, match="together"):
        SageMakerClients.create_sagemaker_client(access_key_id="AKIA")
    with pytest.raises(TypeError, match="regoin"):
        SageMakerClients.create_sagemaker_client(regoin="eu-west-1")


def test_settings_are_encoded_by_what_they_are() -> None:
    import numpy as np
    from sagemaker_pyspark import EndpointCreationPolicy, IAMRole, Option, ScalaMap
    from sagemaker_pyspark._jvm import values

    described, objects = values.encode_settings(
        {
            "role": IAMRole("arn"),
            "policy": EndpointCreationPolicy.DO_NOT_CREATE,
            "count": np.int64(3),
            "options": {"a": 1},
            "columns": ("x", "y"),
            "map": ScalaMap({"k": "v"}),
            "option": Option("content"),
            "none": None,
        }
    )
    assert objects == {}
    assert described == {
        "role": {"class": "IAMRole", "role": "arn"},
        "policy": "DO_NOT_CREATE",
        "count": 3,
        "options": {"a": "1"},
        "columns": ["x", "y"],
        "map": {"k": "v"},
        "option": "content",
    }
    with pytest.raises(TypeError, match=r"trainingImage is of type builtins.object"):
        values.encode_settings({"trainingImage": object()})
    # It has an attribute of every name.
    with pytest.raises(TypeError, match=r"sagemakerClient is of type unittest.mock.Mock"):
        values.encode_settings({"sagemakerClient": Mock()})


def test_a_serializer_written_in_python_is_refused_with_the_remedy() -> None:
    from sagemaker_pyspark._jvm import values
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer

    class OwnSerializer(RequestRowSerializer):
        pass

    with pytest.raises(TypeError, match=r"OwnSerializer is a serializer without a JVM class.*_to_java"):
        values.encode_settings({"requestRowSerializer": OwnSerializer()})


def test_a_choice_of_columns_is_a_list_of_names() -> None:
    from sagemaker_pyspark.transformation import deserializers, serializers

    wrong: list[Any] = ["features", [1], {"a": 1}]
    for value in wrong:
        with pytest.raises(TypeError, match="columns takes a list of strings"):
            serializers.CSVColumnsRequestRowSerializer(value)
        with pytest.raises(TypeError, match="columns takes a list of strings"):
            serializers.JSONRequestRowSerializer(columns=value)
    with pytest.raises(TypeError, match="jsonKeys takes a list of strings, found 'score'"):
        deserializers.JSONResponseRowDeserializer(schema=None, jsonKeys="score")  # type: ignore[arg-type]
    assert serializers.JSONLinesRequestRowSerializer(columns=("a", "b")).columns == ["a", "b"]  # type: ignore[arg-type]


def test_a_class_that_makes_its_own_jvm_object_is_handed_over_alive() -> None:
    from sagemaker_pyspark._jvm import values
    from sagemaker_pyspark.transformation.serializers import RequestRowSerializer

    class ScalaSerializer(RequestRowSerializer):
        _wrapped_class = "com.example.ScalaSerializer"

        def _to_java(self) -> str:
            return "the live object"

    described, objects = values.encode_settings({"requestRowSerializer": ScalaSerializer()})
    assert (described, objects) == ({}, {"requestRowSerializer": "the live object"})


def test_progress_reads_as_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    from sagemaker_pyspark.options import Progress, print_progress

    report = {"phase": "Training", "trainingJobName": "job", "status": "InProgress", "elapsedSeconds": 3.2}
    progress = Progress.of({**report, "secondaryStatus": "Downloading", "finished": False, "metrics": {}})
    for _ in range(2):
        print_progress(progress)
    print_progress(Progress(phase="Done", endpoint_name="e", status="InService", finished=True))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "[   3.2 s] Training · job · InProgress · Downloading"
    assert len(lines) == 2 and "InService" in lines[1]


def test_progress_of_fits_side_by_side_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    from sagemaker_pyspark.options import Progress, print_progress

    def jobs(phase: str, **more: Any) -> list[Progress]:
        return [Progress(phase, job, "InProgress", **more) for job in ("job-a", "job-b")]

    for report in [*jobs("Training"), *jobs("Training"), *jobs("Done", finished=True)]:
        print_progress(report)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("] ")[2].split(" · ")[:2] for line in lines] == [
        [phase, job] for phase in ("Training", "Done") for job in ("job-a", "job-b")
    ]
    # Another job of the name is another fit.
    print_progress(jobs("Training")[0])
    assert "job-a" in capsys.readouterr().err
