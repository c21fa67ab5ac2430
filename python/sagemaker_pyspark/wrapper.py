"""Python objects that stand for JVM ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pyspark.ml.wrapper import JavaWrapper

from sagemaker_pyspark._jvm import door, gateway, scala, values
from sagemaker_pyspark._jvm.exceptions import translated
from sagemaker_pyspark._jvm.names import SDK

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Option", "SageMakerJavaWrapper", "ScalaList", "ScalaMap"]


class SageMakerJavaWrapper(JavaWrapper):
    """The base of everything that has a counterpart in the JVM.

    A user's own JVM class gets a Python side by deriving from this, or from `RequestRowSerializer` or
    `ResponseRowDeserializer`, with `_wrapped_class` as its full name and a `_to_java` that makes the JVM
    object.
    """

    #: The full name of the JVM class.
    _wrapped_class: ClassVar[str | None] = None
    # A class attribute, so that an exception in a constructor leaves nothing for `__del__` to stumble over.
    _java_obj: Any = None

    def __init__(self) -> None:
        super().__init__(None)

    def __del__(self) -> None:
        # JavaWrapper would have the JVM forget the object, which may be on its way into a call, or be that of
        # a copy too. py4j does that when nobody holds it any more.
        pass

    @classmethod
    def _from_java(cls, java_object: Any) -> Any:
        """The Python value of a JVM object."""
        return scala.to_python(java_object)

    def _to_java(self) -> Any:
        """The JVM object; one without arguments, where nobody has made another."""
        if self._java_obj is None and self._wrapped_class is not None:
            self._java_obj = self._new_java_obj(self._wrapped_class)
        return self._java_obj

    def _new_java_obj(self, java_class: str, *args: Any) -> Any:  # type: ignore[override]
        """A new JVM object of one of our classes or of the user's, made with these arguments."""
        with translated():
            return JavaWrapper._new_java_obj(java_class, *[scala.to_java(arg) for arg in args])

    def _call_java(self, name: str, *args: Any) -> Any:
        """Call a method of the JVM object; the answer is a Python value."""
        with translated():
            return scala.to_python(getattr(self._to_java(), name)(*[scala.to_java(arg) for arg in args]))


class Value(SageMakerJavaWrapper):
    """A value that Python holds in full: the JVM object is made when it is asked for."""

    #: The attributes that make up the value, and what the JVM calls them.
    _fields: ClassVar[dict[str, str]] = {}
    _maker: Any = None

    def _is_foreign(self) -> bool:
        """Whether only the JVM's object says what this is: a class or a `_to_java` of the user's own."""
        return self._is_of_foreign_class() or type(self)._to_java is not Value._to_java

    @classmethod
    def _is_of_foreign_class(cls) -> bool:
        foreign = cls._wrapped_class is not None and not cls._wrapped_class.startswith(f"{SDK}.")
        return foreign and not cls._fields

    def _attach(self, java_object: Any) -> None:
        """Hold on to the JVM's object that this was read from, where it knows more than its description."""

    def _describe(self) -> dict[str, Any]:
        """The value as the JSON that the door takes."""
        described = {"class": type(self)._simple_name()}
        for attribute, name in self._fields.items():
            value = getattr(self, attribute)
            if value is not None:
                described[name] = values.encode(attribute, value)
        return described

    @classmethod
    def _from_description(cls, described: dict[str, Any]) -> Self:
        given = {attribute: described.get(name) for attribute, name in cls._fields.items()}
        return cls(**{attribute: value for attribute, value in given.items() if value is not None})

    @classmethod
    def _simple_name(cls) -> str:
        return str(cls._wrapped_class).rpartition(".")[2]

    def __getstate__(self) -> dict[str, Any]:
        """Without the JVM's object, if it can be made again where it is needed."""
        if self._maker is None:
            return vars(self)
        return {name: value for name, value in vars(self).items() if name not in ("_java_obj", "_maker")}

    def _to_java(self) -> Any:
        if self._java_obj is not None and self._maker is None:
            # A subclass of the user's made it in its constructor.
            return self._java_obj
        context = gateway.active_context()
        # An object of a JVM that is gone is made again.
        if self._java_obj is None or self._maker is not context._gateway:
            if self._is_of_foreign_class():
                self._java_obj = self._new_java_obj(str(self._wrapped_class))
            else:
                self._java_obj = door.new_value(self._describe())
            self._maker = context._gateway
        return self._java_obj

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Value) and type(self) is type(other) and self._describe() == other._describe()
        )

    def __hash__(self) -> int:
        return hash(repr(sorted(self._describe().items())))

    def __repr__(self) -> str:
        inside = ", ".join(f"{attribute}={getattr(self, attribute)!r}" for attribute in self._fields)
        return f"{type(self).__name__}({inside})"


class ForeignObject(SageMakerJavaWrapper):
    """An object of a JVM class that isn't ours, such as a serializer that the user wrote in Scala."""

    def __init__(self, java_class: str, java_object: Any) -> None:
        super().__init__()
        self.java_class = java_class
        self._java_obj = java_object

    def __repr__(self) -> str:
        return f"<{self.java_class} in the JVM>"


class ScalaValue(SageMakerJavaWrapper):
    """A Python value for which the JVM has one of Scala's types."""

    @property
    def python_value(self) -> Any:
        """What is inside."""
        raise NotImplementedError


class Option(ScalaValue):
    """Scala's `Some(value)`, or `None` for a value that is None."""

    _wrapped_class = "scala.Some"

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value

    @property
    def python_value(self) -> Any:
        """What is inside."""
        return self.value

    @classmethod
    def empty(cls) -> Option:
        """Scala's `None`."""
        return cls(None)

    def _to_java(self) -> Any:
        return scala.option(self.value)


class ScalaMap(ScalaValue):
    """An immutable Scala map of a dictionary."""

    _wrapped_class = "scala.collection.immutable.HashMap"

    def __init__(self, dictionary: dict[Any, Any]) -> None:
        super().__init__()
        self.dictionary = dictionary

    @property
    def python_value(self) -> dict[Any, Any]:
        """The dictionary."""
        return self.dictionary

    def _to_java(self) -> Any:
        return scala.immutable_map(self.dictionary)


class ScalaList(ScalaValue):
    """An immutable Scala list of a Python list."""

    _wrapped_class = "scala.collection.immutable.List"

    def __init__(self, p_list: list[Any]) -> None:
        super().__init__()
        self.p_list = p_list

    @property
    def python_value(self) -> list[Any]:
        """The list."""
        return self.p_list

    def _to_java(self) -> Any:
        return scala.immutable_list(self.p_list)
