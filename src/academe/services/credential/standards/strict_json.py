"""JSON read so that everybody reads the same: no name twice, no NaN, not too deep, nothing but UTF-8.

Parsers differ in what they make of {"a":1,"a":2}, of lone surrogates and of 1e999. A signature over such a
document would say one thing to one reader and another to the next, so none of it gets in.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from academe.services.credential.standards.errors import Malformed, TooComplex, quoted

SIZE_MAX = 262_144
"""Bytes. A transcript of fifty credentials fits; an embedded photograph of a camera does not."""

MARKS_MAX = 40_000
"""Brackets, commas and colons, in texts or not: a count that costs nothing, of what reading takes its time
for. 262,144 bytes may be 130,000 empty objects, which keep the reader busy for a tenth of a second; a
transcript of fifty credentials has 15,000."""

DEPTH_MAX = 32
"""Objects and arrays inside one another. Open Badges need nine, a transcript of them twelve."""


def parse(data: bytes, size_max: int = SIZE_MAX) -> dict[str, Any]:
    """The object that `data` is. Raises Malformed and TooComplex; `size_max` is in bytes."""
    if len(data) > size_max:
        raise Malformed("", f"The document has more than {size_max} bytes.", "too_large")
    if sum(map(data.count, (b"{", b"[", b",", b":"))) > MARKS_MAX:
        raise TooComplex("", "The document has more values than anybody needs.", "too_many_values")
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int
        )
    except UnicodeDecodeError:
        raise Malformed("", "The document is not UTF-8.", "not_utf8") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # JSONDecodeError is one
        raise Malformed("", "The document is not JSON.", "not_json") from None
    if not isinstance(value, dict):
        raise Malformed("", "The document is not a JSON object.", "not_an_object")
    check_depth(value)
    if "\\ud" in text.lower() and not _is_unicode(value):
        raise Malformed("", "The document has half of a Unicode character.", "lone_surrogate")
    return value


def serialise(document: dict[str, Any]) -> bytes:
    """Compact UTF-8, the names in their order. `parse(serialise(document)) == document`.

    Raises Malformed for what `parse` would refuse, so that nothing is signed that cannot be read again.
    """
    try:
        data = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (RecursionError, TypeError, ValueError):
        raise Malformed("", "The document cannot be written as JSON in UTF-8.", "not_json") from None
    if parse(data) != document:
        raise Malformed("", "The document is not the same once written and read again.", "not_json")
    return data


def check_depth(value: object, depth_max: int = DEPTH_MAX) -> None:
    """Raises Malformed if objects and arrays are nested deeper than `depth_max`."""
    layer = [value]
    for _ in range(depth_max):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)  # type: ignore[attr-defined]
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return
    raise _too_deep()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Malformed("", f"The name {quoted(twice)} is given twice in one object.", "duplicate_name")
    return made


def _constant(name: str) -> NoReturn:
    raise Malformed("", f"{name} is not a number of JSON.", "not_json")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Malformed("", "A number is too large to be read by everybody.", "number_too_large")
    return value


def _int(text: str) -> int:
    if len(text) > 400:  # Python itself refuses beyond 4,300 digits; nobody else can hold these
        raise Malformed("", "A number is too large to be read by everybody.", "number_too_large")
    return int(text)


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _too_deep() -> Malformed:
    return Malformed("", f"The document is nested deeper than {DEPTH_MAX} levels.", "too_deep")
