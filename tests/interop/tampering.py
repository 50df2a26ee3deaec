"""Every way to change one thing of a signed document."""

from __future__ import annotations

import copy
import json
import string
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]

UNDEFINED = ("honours", "summa cum laude")
DEFINED = ("description", "With honours.")
"""A term that no context defines, and one that all of them do: people would read both."""


def tampered(document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What was done and the document after it: leaves changed, values deleted, siblings added."""
    for path, value in walk(document):
        if isinstance(value, dict):
            for name, text in (UNDEFINED, DEFINED):
                if name not in value:
                    yield f"{name} added to {path}", _with(document, (*path, name), text)
        elif isinstance(value, list):
            yield f"a value added to {path}", _with(document, (*path, len(value)), UNDEFINED[1])
        else:
            yield f"{path} changed", _with(document, path, changed(value))
        if path:
            yield f"{path} deleted", _without(document, path)


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a document with its path, the document first."""
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, (*path, index))


def changed(value: Any) -> Any:
    """As little as makes another value: one digit or letter of a text, so that dates stay dates."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    for symbols in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        for index in reversed(range(len(value))):
            if value[index] in symbols:
                other = symbols[symbols.index(value[index]) - 1]
                return value[:index] + other + value[index + 1 :]
    return value + "!"


def _with(document: dict[str, Any], path: Path, value: Any) -> bytes:
    result = copy.deepcopy(document)
    holder = _holder(result, path)
    if isinstance(holder, list) and path[-1] == len(holder):
        holder.append(value)
    else:
        holder[path[-1]] = value
    return json.dumps(result, ensure_ascii=False).encode()


def _without(document: dict[str, Any], path: Path) -> bytes:
    result = copy.deepcopy(document)
    del _holder(result, path)[path[-1]]
    return json.dumps(result, ensure_ascii=False).encode()


def _holder(document: Any, path: Path) -> Any:
    for step in path[:-1]:
        document = document[step]
    return document
