"""The whole Scala interface of 1.4.5, as a program made of the contract, compiled against the built jar."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.e2e import scala_programs
from tests.unit import contract

API: dict[str, dict[str, Any]] = json.loads((contract.DATA / "jvm_api.json").read_text())
SDK = "com.amazonaws.services.sagemaker"
IMPORTS = f"""
import {SDK}.sparksdk._
import {SDK}.sparksdk.EndpointCreationPolicy.EndpointCreationPolicy
import {SDK}.sparksdk.settings.AwsClientConfig
import {SDK}.sparksdk.transformation.{{RequestRowSerializer, ResponseRowDeserializer}}
import {SDK}.sparksdk.transformation.deserializers._
import {SDK}.sparksdk.algorithms._
import org.apache.spark.ml.param.ParamMap
import org.apache.spark.sql.{{DataFrame, Dataset, Row}}
import org.apache.spark.sql.types.StructType
"""
#: Whose constructor arguments are values of the object too.
READABLE = ("Estimator", "Classifier", "Regressor", "SageMakerModel")


def split(text: str) -> list[str]:
    """A list of arguments at its commas, but for those inside brackets."""
    return [part.strip() for part in re.split(r",(?![^\[(]*[\])])", text) if part.strip()]


def argument(text: str) -> tuple[str, str, bool]:
    """Name, type, and whether there is a default."""
    name, _, rest = text.partition(":")
    kind, equals, _ = rest.partition(" = ")
    kind = kind.strip()
    return name.strip(), "AwsClientConfig" if kind.startswith("client handle") else kind, bool(equals)


def constructors(index: int, name: str, facts: dict[str, Any]) -> list[str]:
    """The ways to make one: all by name, all by position, what is required by name."""
    found = [argument(text) for text in facts["constructor"]]
    taken = ", ".join(f"{n}: {kind}" for n, kind, _ in found)
    super_class = facts.get("extends", "").split(" with ")[0]
    result = super_class if re.fullmatch(r"\w+(\[[\w\[\], ]+\])?", super_class) else name
    result = name if result in ("Serializable", "Estimator", "Model", "Estimator[SageMakerModel]") else result
    result = f"{name} with {result}" if result != name else name
    named = ", ".join(f"{n} = {n}" for n, _, _ in found)
    positional = ", ".join(n for n, _, _ in found)
    required = ", ".join(f"{n} = {n}" for n, _, default in found if not default)
    made = [
        f"def named{index}({taken}): {result} = new {name}({named})",
        f"def positional{index}({taken}): {name} = new {name}({positional})",
        f"def required{index}({taken}): {name} = new {name}({required})",
    ]
    if facts["kind"] == "case class":
        made.append(f"def applied{index}({taken}): {name} = {name}({positional})")
        holes = ", ".join("_" for _ in found)
        cases = f"case {name}({holes}) => true; case _ => false"
        made.append(f"def matched{index}(x: Any): Boolean = x match {{ {cases} }}")
    if facts["kind"] == "case class" or name.rpartition(".")[2].endswith(READABLE):
        made += [f"def read{index}_{n}(x: {name}): {kind} = x.{n}" for n, kind, _ in found]
    return made


def methods(index: int, name: str, facts: dict[str, Any]) -> list[str]:
    """A call of each method, with the types of the contract."""
    made = []
    for at, signature in enumerate(facts.get("methods", [])):
        declared = re.fullmatch(r"(\w+)(?:\((.*)\))?: (.*)", signature)
        assert declared, signature
        method, inside, result = declared[1], declared[2], declared[3]
        found = [argument(text) for text in split(inside or "")]
        taken = "".join(f", {n}: {kind}" for n, kind, _ in found)
        given = f"({', '.join(f'{n} = {n}' for n, _, _ in found)})" if found else ""
        result = "x.type" if result == "this.type" else result
        made.append(f"def method{index}_{at}(x: {name}{taken}): {result} = x.{method}{given}")
    return made


def program() -> str:
    """The Scala program."""
    lines = []
    for index, (full, facts) in enumerate(API.items()):
        name = full.replace(" (object)", "")
        if facts["kind"] == "object":
            lines += methods(index, f"{name}.type", facts)
            continue
        if "constructor" in facts and "abstract" not in facts["kind"]:
            lines += constructors(index, name, facts)
        lines += methods(index, name, facts)
    return f"package {SDK}\n{IMPORTS}\nobject Published {{\n  " + "\n  ".join(lines) + "\n}\n"


def test_every_class_constructor_and_method_compiles_as_it_was_published(tmp_path: Path) -> None:
    assert len(API) > 40
    source = tmp_path / "Published.scala"
    source.write_text(program())
    assert source.read_text().count("def ") > 500
    assert scala_programs.compiled(source, tmp_path, "-nowarn").exists()
