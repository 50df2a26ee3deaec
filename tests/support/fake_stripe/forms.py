"""Parameters as Stripe takes them: form-encoded with brackets, and checked against what an endpoint knows.

A `Shape` says what an endpoint takes: `{"amount": INTEGER, "metadata": METADATA, "card": {"number": TEXT}}`.
Everything else is refused, also what Stripe would know and the fake does not do: better a loud test than a
parameter that quietly means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from tests.support.fake_stripe.errors import bad_parameter, unknown_parameter

Read = Callable[[str, Any], Any]
"""Takes the name of a parameter and what arrived under it; returns the value, or raises StripeError."""

Shape = Mapping[str, "Read | Shape"]

_PART = re.compile(r"\[([^\[\]]*)\]")
METADATA_KEYS_MAX = 50
METADATA_KEY_CHARACTERS = 40
METADATA_VALUE_CHARACTERS = 500


def decode(encoded: str) -> dict[str, Any]:
    """The tree of a form: `a[b]=1` is a map, `a[]=1` and `a[0]=1` are lists; every leaf is a string."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, bracket, _ = name.partition("[")
        path = [head, *_PART.findall(bracket and name[len(head) :])]
        here = tree
        for part, following in pairwise(path):
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise bad_parameter(f"Invalid {following}", param=name)
        last = path[-1] or str(len(here))
        here[last] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(inner) for name, inner in value.items()}


def check(shape: Shape, given: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of `given` in the types of `shape`; raises StripeError at the first that does not hold."""
    values: dict[str, Any] = {}
    for name, raw in given.items():
        full = f"{prefix}[{name}]" if prefix else name
        read = shape.get(name)
        if read is None:
            raise unknown_parameter(full)
        if not isinstance(read, Mapping):
            values[name] = read(full, raw)
        elif isinstance(raw, Mapping):
            values[name] = check(read, raw, full)
        else:
            raise bad_parameter("Invalid object", param=full)
    return values


def text(name: str, raw: Any) -> str:
    if not isinstance(raw, str):
        raise bad_parameter("Invalid string", param=name)
    if raw == "":
        raise bad_parameter(
            f"You passed an empty string for '{name}'.", code="parameter_invalid_empty", param=name
        )
    return raw


def integer(name: str, raw: Any) -> int:
    if not isinstance(raw, str) or not re.fullmatch(r"-?[0-9]{1,18}", raw):
        raise bad_parameter(f"Invalid integer: {raw}", code="parameter_invalid_integer", param=name)
    return int(raw)


def amount(name: str, raw: Any) -> int:
    """A sum in minor units: whole, at least 1, and at most the eight digits that Stripe takes."""
    value = integer(name, raw)
    if value < 1:
        raise bad_parameter(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=name
        )
    if value > 99_999_999:
        raise bad_parameter("Amount must be no more than 99999999.", code="amount_too_large", param=name)
    return value


def boolean(name: str, raw: Any) -> bool:
    if raw not in {"true", "false"}:
        raise bad_parameter(f"Invalid boolean: {raw}", param=name)
    return bool(raw == "true")


def currency(name: str, raw: Any) -> str:
    value = text(name, raw).lower()
    if not re.fullmatch("[a-z]{3}", value):
        raise bad_parameter(f"Invalid currency: {value}.", param=name)
    return value


def texts(name: str, raw: Any) -> list[str]:
    if not isinstance(raw, list):
        raise bad_parameter("Invalid array", param=name)
    return [text(f"{name}[{place}]", value) for place, value in enumerate(raw)]


def one_of(*allowed: str) -> Read:
    def read(name: str, raw: Any) -> str:
        if raw not in allowed:
            raise bad_parameter(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
        return str(raw)

    return read


def metadata(name: str, raw: Any) -> dict[str, str]:
    """Up to 50 texts of 500 characters under names of 40, all that Stripe keeps; "" takes one away."""
    if not isinstance(raw, Mapping) or not all(isinstance(value, str) for value in raw.values()):
        raise bad_parameter("Invalid object", param=name)
    if len(raw) > METADATA_KEYS_MAX:
        raise bad_parameter("Metadata can have at most 50 keys.", param=name)
    for key, value in raw.items():
        if len(key) > METADATA_KEY_CHARACTERS or len(value) > METADATA_VALUE_CHARACTERS:
            raise bad_parameter(
                "Metadata keys are up to 40 and values up to 500 characters long.", param=f"{name}[{key}]"
            )
    return dict(raw)


def moment(name: str, raw: Any) -> Callable[[int], bool]:
    """A filter by time: a second, or bounds named gt, gte, lt and lte."""
    if isinstance(raw, str):
        exact = integer(name, raw)
        return lambda at: at == exact
    if not isinstance(raw, Mapping):
        raise bad_parameter("Invalid object", param=name)
    bounds = check(dict.fromkeys(("gt", "gte", "lt", "lte"), integer), raw, name)

    def within(at: int) -> bool:
        return bool(
            at > bounds.get("gt", at - 1)
            and at >= bounds.get("gte", at)
            and at < bounds.get("lt", at + 1)
            and at <= bounds.get("lte", at)
        )

    return within
