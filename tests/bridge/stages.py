"""Every public stage of the package, found by looking, and one example of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sagemaker_pyspark import SageMakerEstimatorBase, SageMakerModel

ARN = "arn:aws:iam::123456789012:role/SageMakerRole"
INSTANCES = ("ml.m5.large", 1, "ml.m5.large", 2)


def subclasses(base: type) -> list[Any]:
    """All classes below one, without those of tests."""
    below: list[Any] = []
    for child in base.__subclasses__():
        below += [child, *subclasses(child)]
    return [c for c in below if c.__module__.startswith("sagemaker_pyspark.")]


def estimator_classes() -> list[type[SageMakerEstimatorBase]]:
    """Every estimator that a program can make."""
    from sagemaker_pyspark import SageMakerEstimatorBase, algorithms

    for name in algorithms.__all__:
        getattr(algorithms, name)
    return [c for c in subclasses(SageMakerEstimatorBase) if c._wrapped_class is not None]


def example(kind: type[Any], **settings: Any) -> Any:
    """An estimator of a class, with what its constructor needs."""
    from sagemaker_pyspark import IAMRole, SageMakerEstimator
    from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

    settings = {"sagemakerRole": IAMRole(ARN), **settings}
    if kind is SageMakerEstimator:
        image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/own:1"
        transformation = (ProtobufRequestRowSerializer(), KMeansProtobufResponseRowDeserializer())
        return kind(image, image, *INSTANCES, *transformation, **settings)
    return kind(*INSTANCES, **settings)


def example_model(**settings: Any) -> SageMakerModel:
    """A model that asks an endpoint of that name, when it is asked; nothing is requested here."""
    from sagemaker_pyspark import SageMakerModel
    from sagemaker_pyspark.transformation.deserializers import KMeansProtobufResponseRowDeserializer
    from sagemaker_pyspark.transformation.serializers import ProtobufRequestRowSerializer

    return SageMakerModel.fromEndpoint(
        "an-endpoint", ProtobufRequestRowSerializer(), KMeansProtobufResponseRowDeserializer(), **settings
    )


def tamper(path: str | Path, change: Callable[[str], str]) -> None:
    """Rewrite the metadata of what is saved at a path, as somebody's editor would."""
    part = next((Path(path) / "metadata").glob("part-*"))
    before = part.read_text()
    after = change(before)
    assert after != before
    part.write_text(after)
    # Hadoop's checksum of the file as it was.
    (part.parent / f".{part.name}.crc").unlink(missing_ok=True)


def raised(jvm: Any, exception: Any) -> Callable[[], Any]:
    """A call that raises an exception in the JVM."""
    failure: Callable[[], Any] = jvm.scala.util.Failure(exception).get
    return failure
