"""From the name of an image to the algorithm behind it: built-in, or registered by the user."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from typing import Any

from .algorithms import built_in, built_in_names, repository
from .algorithms.contract import Algorithm


class ImageError(LookupError):
    """No algorithm stands behind the image, or the registered one cannot be loaded."""


def split_specification(specification: str) -> tuple[str, str]:
    """``"package.module:name"`` or ``"/path/to/file.py:name"`` in two; ``ValueError`` if it has another
    form.
    """
    source, colon, name = specification.rpartition(":")
    if not colon or not source or not name.isidentifier():
        raise ValueError(
            f"An image handler is 'package.module:name' or '/path/to/file.py:name', found {specification!r}."
        )
    return source, name


def algorithm_of(image: str, registered: Mapping[str, str]) -> Algorithm:
    """The algorithm for an image: registered under its full or repository name, else built in.

    Raises ``ImageError`` that says what is known.
    """
    specification = registered.get(image) or registered.get(repository(image))
    algorithm = built_in(repository(image)) if specification is None else _load(specification, image)
    if algorithm is None:
        raise ImageError(
            f"The local service has no algorithm for image '{image}'. Built in:"
            f" {', '.join(built_in_names())}; registered: {', '.join(sorted(registered)) or 'none'}. Register"
            " your own with register_image."
        )
    algorithm.image = image
    return algorithm


def _load(specification: str, image: str) -> Algorithm:
    source, name = split_specification(specification)
    try:
        factory = getattr(_module(source), name)
        algorithm = factory()
    except (Exception, SystemExit) as error:
        raise ImageError(
            f"The handler '{specification}' of image '{image}' cannot be loaded: {type(error).__name__}:"
            f" {error}"
        ) from error
    if not isinstance(algorithm, Algorithm):
        raise ImageError(
            f"The handler '{specification}' of image '{image}' returned {type(algorithm).__name__}, expected"
            " a sagemaker_pyspark.local.Algorithm."
        )
    return algorithm


def _module(source: str) -> Any:
    if not source.endswith(".py"):
        return importlib.import_module(source)
    # Loaded anew each time, so that an edited file counts. Dataclasses and pickle look their module up by
    # its name.
    name = f"_sagemaker_local_handler_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    specification = importlib.util.spec_from_file_location(name, source)
    if specification is None or specification.loader is None:
        raise ImportError(f"{source} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    execute: Callable[[Any], None] = specification.loader.exec_module
    sys.modules[name] = module
    try:
        execute(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
