"""JSON that everybody reads alike, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.credential.standards.errors import Malformed, Refused
from academe.services.credential.standards.strict_json import DEPTH_MAX, SIZE_MAX, parse, serialise

numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(st.dictionaries(st.text(), values, max_size=5))
def test_what_is_written_is_read_the_same(document: dict[str, Any]) -> None:
    """In the fewest bytes, and with the characters themselves instead of escapes."""
    data = serialise(document)

    assert parse(data) == document == json.loads(data)


def test_a_text_stays_as_it_is() -> None:
    """No spaces, no escapes but those that JSON needs, the names in their order."""
    assert serialise({"b": "é🎓 \u2028", "a": ['"', "\n"]}) == '{"b":"é🎓 \u2028","a":["\\"","\\n"]}'.encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a":1,"a":1}', "duplicate_name"),
        (b'{"x":[{"a":1,"\\u0061":2}]}', "duplicate_name"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":-Infinity}', "not_json"),
        (b'{"a":1e999}', "number_too_large"),
        (b'{"a":' + b"9" * 5_000 + b"}", "number_too_large"),
        (b'{"a":"\\ud800"}', "lone_surrogate"),
        (b'{"\\udfff":1}', "lone_surrogate"),
        (b'{"a":"\xff"}', "not_utf8"),
        (b'{"a":"\xed\xa0\x80"}', "not_utf8"),
        (b'\xef\xbb\xbf{"a":1}', "not_json"),
        ('{"a":1}'.encode("utf-16"), "not_utf8"),
        (b'{"a":1}{"b":2}', "not_json"),
        (b'{"a":"\x01"}', "not_json"),
        (b"{'a':1}", "not_json"),
        (b"", "not_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"a":' * (DEPTH_MAX + 1) + b"1" + b"}" * (DEPTH_MAX + 1), "too_deep"),
        (b'{"a":' * 1_000 + b"1" + b"}" * 1_000, "too_deep"),
        (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "too_deep"),
        (b" " * SIZE_MAX + b"{}", "too_large"),
        (b'{"a":[' + b"{}," * 20_000 + b"{}]}", "too_many_values"),
        (b'{"a":[' + b"1e1," * 40_000 + b"1]}", "too_many_values"),
    ],
)
def test_what_readers_disagree_about(data: bytes, code: str) -> None:
    """Refused whole, wherever in the document it stands."""
    with pytest.raises(Refused) as refused:
        parse(data)

    assert refused.value.code == code


def test_pairs_of_surrogates_are_characters() -> None:
    """Escaped by two halves, as JSON has it beyond the basic plane."""
    assert parse(b'{"a":"\\ud83c\\udf93"}') == {"a": "🎓"}


def test_as_deep_and_as_large_as_it_may_be() -> None:
    """The limits themselves are within."""
    deep = b'{"a":' * DEPTH_MAX + b"1" + b"}" * DEPTH_MAX
    large = b'{"a":"' + b"x" * (SIZE_MAX - 8) + b'"}'

    assert parse(deep)
    assert parse(large)


@pytest.mark.parametrize(
    "document", [{"a": float("nan")}, {"a": {1, 2}}, {1: 2}, {"a": "\ud800"}, {"a": (1,)}]
)
def test_what_cannot_be_read_again_is_not_written(document: dict[Any, Any]) -> None:
    """Nothing is signed that would come back as something else."""
    with pytest.raises(Malformed):
        serialise(document)
