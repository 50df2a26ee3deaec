"""What a document may look like before JSON-LD reads it: nothing in it that could stay unsigned.

JSON-LD drops nulls, empty arrays, indexes and free-floating values without a word, reads some characters and
numbers in more than one way, and lets a document redefine its own terms. None of that is needed to say what
somebody achieved, so all of it is refused here, with the place where it stands.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from academe.services.credential.standards.contexts import KNOWN
from academe.services.credential.standards.errors import (
    Malformed,
    Refused,
    TooComplex,
    UncertainValue,
    UndefinedTerm,
    UnknownContext,
    pointer,
    quoted,
)
from academe.services.credential.standards.strict_json import check_depth

VALUES_MAX = 2_500
"""Values in a document, inner ones included. It takes 50 ms to read as many; a rich credential has 200."""

VALUES_OF_AN_INNER_CREDENTIAL = 150
INNER_CREDENTIALS_MAX = 60
"""A transcript may be as large as what is in it: so many values more for each of so many credentials, which
are some 4 ms each."""

NAME_MAX = 200
"""Characters of the name of a property. The longest term of the contexts here has fifty."""

CONTEXTS_MAX = 8
INTEGER_MAX = 2**53 - 1
"""Beyond it JavaScript, which knows one kind of number, reads another number than is written."""

DIGITS_MAX = 15
"""Significant digits of a number that is no integer. JSON-LD prints sixteen of them, in which 86.07 becomes
86.06999999999999; some implementations print the shortest form instead, and have 86.07."""

KEYWORDS = frozenset({"@context", "@id", "@type", "@value", "@language"})
_VALUE_OBJECT = frozenset({"@value", "@type", "type", "@language"})

_UNCERTAIN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters whose escape in N-Quads changed between versions of the algorithm, or that are none."""


def check_shape(document: dict[str, Any]) -> None:
    """Raises a Refused with the path of the first fault, in the order in which the document is written."""
    if not isinstance(document, dict):
        raise Malformed("", "The document is not a JSON object.", "not_an_object")
    check_depth(document)
    if "@context" not in document:
        raise Malformed("", "The document names no context.", "no_context")
    _Walk(INNER_CREDENTIALS_MAX if is_learner_record(document) else 0).node(
        document, [], may_have_context=True
    )


def is_learner_record(document: Mapping[str, Any]) -> bool:
    """Whether it is a Comprehensive Learner Record, which is made of credentials."""
    return _has_type(document, "ClrCredential")


class _Walk:
    def __init__(self, inner_credentials: int) -> None:
        self._values_left = VALUES_MAX
        self._credentials_left = inner_credentials

    def node(self, value: dict[str, Any], path: list[str | int], may_have_context: bool) -> None:
        if not value:
            raise _at(UncertainValue, "empty", "An empty object says nothing that could be signed.", path)
        if "@value" in value or "@language" in value:
            _check_value_object(value, path)
        for name, inner in value.items():
            path.append(name)
            if name == "@context":
                if not may_have_context:
                    raise _at(UnknownContext, "inner_context", "Only a credential has a context.", path)
                check_contexts(inner, path)
                self._room_for_credential(is_inner=len(path) > 1)
            else:
                _check_name(name, path)
                self._any(inner, path)
            path.pop()

    def _room_for_credential(self, is_inner: bool) -> None:
        if is_inner and self._credentials_left:
            self._credentials_left -= 1
            self._values_left += VALUES_OF_AN_INNER_CREDENTIAL

    def _any(self, value: object, path: list[str | int]) -> None:
        self._values_left -= 1
        if self._values_left < 0:
            raise TooComplex("", f"The document has more than {VALUES_MAX} values.", "too_many_values")
        if isinstance(value, str):
            if _UNCERTAIN_TEXT.search(value):
                raise _at(UncertainValue, "control_character", "The text has a control character.", path)
        elif isinstance(value, dict):
            self.node(value, path, may_have_context=_has_type(value, "VerifiableCredential"))
        elif isinstance(value, list):
            self._array(value, path)
        elif value is None:
            raise _at(UncertainValue, "null", "A null is left out of what is signed.", path)
        elif not isinstance(value, bool):
            _check_number(value, path)

    def _array(self, values: list[object], path: list[str | int]) -> None:
        if not values:
            raise _at(UncertainValue, "empty", "An empty array is left out of what is signed.", path)
        seen: set[object] = set()
        for index, value in enumerate(values):
            path.append(index)
            if isinstance(value, list):
                raise _at(UncertainValue, "nested_array", "An array in an array loses its shape.", path)
            if not isinstance(value, dict):
                if (type(value), value) in seen:
                    raise _at(UncertainValue, "repeated_value", "A set of values holds each once.", path)
                seen.add((type(value), value))
            self._any(value, path)
            path.pop()


def check_contexts(value: object, path: list[str | int]) -> None:
    """Raises UnknownContext unless `value` names contexts that are kept here, each once."""
    urls = value if isinstance(value, list) else [value]
    if not urls or len(urls) > CONTEXTS_MAX:
        raise _at(UnknownContext, "context_count", f"There are between 1 and {CONTEXTS_MAX} contexts.", path)
    for index, url in enumerate(urls):
        where = [*path, index] if isinstance(value, list) else path
        if not isinstance(url, str):
            raise _at(UnknownContext, "inline_context", "A document may not define its own terms.", where)
        if url not in KNOWN:
            reason = f"The context {quoted(url)} is not one of those kept here."
            raise _at(UnknownContext, "unknown_context", reason, where)
        if url in urls[:index]:
            raise _at(UnknownContext, "repeated_context", "A context is named twice.", where)


def _check_name(name: str, path: list[str | int]) -> None:
    if name.startswith("@") and name not in KEYWORDS:
        raise _at(UncertainValue, "keyword", f"{quoted(name)} can say things that no signature covers.", path)
    if len(name) > NAME_MAX:
        raise _at(UndefinedTerm, "name_too_long", f"{quoted(name)} is not a term of a context.", path[:-1])
    if ":" in name:
        # An address instead of its term means the same to a signature, and hides the property from readers.
        raise _at(UndefinedTerm, "name_is_an_iri", f"{quoted(name)} is not a term of a context.", path)


def _check_value_object(value: dict[str, Any], path: list[str | int]) -> None:
    inner = value.get("@value")
    if not isinstance(inner, str | int | float) or not value.keys() <= _VALUE_OBJECT:
        raise _at(UncertainValue, "value_object", "The value is not a text, number or boolean.", path)
    if "@language" in value and not isinstance(inner, str):
        raise _at(UncertainValue, "value_object", "Only a text has a language.", path)


def _check_number(value: object, path: list[str | int]) -> None:
    if isinstance(value, int):
        certain = abs(value) <= INTEGER_MAX
    elif isinstance(value, float):
        certain = _is_certain(value)
    else:
        raise _at(Malformed, "not_json", f"{type(value).__name__} is not a type of JSON.", path)
    if not certain:
        raise _at(UncertainValue, "number", "The number is not written the same way by everybody.", path)


def _is_certain(value: float) -> bool:
    """3.0 is 3 to everybody; but nothing with a sign is not, and neither is what is very large or small."""
    if value == 0:
        return math.copysign(1, value) > 0
    sixteen = f"{value:.15E}"
    digits = sixteen.partition("E")[0].strip("-").replace(".", "").rstrip("0")
    return 1e-6 <= abs(value) < 1e15 and len(digits) <= DIGITS_MAX and float(sixteen) == value


def _has_type(value: Mapping[str, Any], wanted: str) -> bool:
    types = value.get("type")
    return types == wanted or (isinstance(types, list) and wanted in types)


def _at(kind: type[Refused], code: str, reason: str, path: list[str | int]) -> Refused:
    return kind(pointer(*path), reason, code)
