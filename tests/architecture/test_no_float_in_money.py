"""Money never becomes a float: not in the contract, not in the code, not in the tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from academe.api.tip.v1 import tip_service_pb2
from academe.api.type.v1 import money_pb2

SOURCE = Path(__file__).resolve().parents[2] / "src" / "academe"
CODE = [SOURCE / "money.py", *sorted((SOURCE / "services" / "tip").rglob("*.py"))]
TABLES = sorted((SOURCE / "services" / "tip" / "migrations").glob("*.sql"))

# The one `float` without a name of its own: the seconds that a batch took.
ON_BATCH = "Callable[[str, int, float], None]"


def messages(file: object) -> Iterator[Descriptor]:
    waiting = list(file.message_types_by_name.values())  # type: ignore[attr-defined]
    while waiting:
        message = waiting.pop()
        waiting += message.nested_types
        yield message


@pytest.mark.parametrize("file", [tip_service_pb2.DESCRIPTOR, money_pb2.DESCRIPTOR], ids=lambda f: f.name)
def test_the_contract_has_no_float(file: object) -> None:
    """Amounts are int64 of minor units."""
    floats = (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE)
    fields = [field for message in messages(file) for field in message.fields]

    assert fields
    assert [field.full_name for field in fields if field.type in floats] == []


def seconds(tree: ast.AST) -> Iterator[ast.AST]:
    """Annotations and values of everything whose name ends with `seconds`."""

    def named(node: ast.AST) -> bool:
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
        return (name or "").lower().endswith("seconds")

    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value) if named(target):
                yield value
            case ast.AnnAssign(target=target, annotation=annotation, value=value) if named(target):
                yield from (part for part in (annotation, value) if part is not None)
            case ast.keyword(value=value) if named(node):
                yield value
            case ast.arguments():
                positional = [*node.posonlyargs, *node.args]
                defaults = positional[len(positional) - len(node.defaults) :]
                pairs = [
                    *zip(defaults, node.defaults, strict=True),
                    *zip(node.kwonlyargs, node.kw_defaults, strict=True),
                ]
                yield from (
                    arg.annotation for arg in [*positional, *node.kwonlyargs] if named(arg) and arg.annotation
                )
                yield from (default for arg, default in pairs if named(arg) and default is not None)


def floats(source: str) -> list[str]:
    """What in a piece of Python makes or may make a float: literals, `/`, float(), round(), Decimal, math.

    Only what is called seconds may be one: poll_seconds: float = 0.5.
    """
    found = []
    tree = ast.parse(source)
    of_seconds = {id(node) for part in seconds(tree) for node in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) in of_seconds and isinstance(node, ast.Constant | ast.Name):
            continue
        match node:
            case ast.Constant(value=float() | complex()):
                found.append(f"{node.lineno}: {node.value}")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"{node.lineno}: division")
            case ast.Name(id="float" | "round" | "Decimal" | "Fraction" | "complex"):
                found.append(f"{node.lineno}: {node.id}")
            case ast.ImportFrom(module="math" | "decimal" | "fractions" | "statistics"):
                found.append(f"{node.lineno}: from {node.module}")
            case ast.Import(names=names) if {n.name for n in names} & {"math", "decimal", "fractions"}:
                found.append(f"{node.lineno}: import")
    return found


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_code_has_no_float(path: Path) -> None:
    """Nothing in the slice divides, rounds or names a float."""
    assert floats(path.read_text().replace(ON_BATCH, "Callable[..., None]")) == []


@pytest.mark.parametrize(
    "code",
    [
        "x = 1.5",
        "x = a / b",
        "x /= 2",
        "x = float(a)",
        "x = round(a)",
        "from decimal import Decimal",
        "POLL_SECONDS = 1 / 2",
        "def f(fee: float, wait_seconds: float = 0.5): ...",
        "f(0.5, wait_seconds=0.5)",
    ],
)
def test_a_float_would_be_found(code: str) -> None:
    """The check can fail."""
    assert floats(code)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_tables_have_no_float(path: Path) -> None:
    """Nor does the SQL divide or round; what stands in quotes is text."""
    statements = re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", path.read_text()))

    assert re.findall(r"\b(?:real|double|float\d?|numeric|decimal|money|round)\b|/", statements) == []


@pytest.mark.parametrize(
    "code",
    [
        "POLL_SECONDS = 0.5",
        "def f(*, wait_seconds: float = 0.5): ...",
        "def f(wait_seconds: float = 0.5): ...",
        "raise X(retry_after_seconds=1.0)",
    ],
)
def test_seconds_may_be_one(code: str) -> None:
    """Time is measured, money is counted."""
    assert floats(code) == []
