"""Lists have their bits where everybody looks for them."""

from __future__ import annotations

import base64
import gzip
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.services.credential.standards.errors import Malformed, Refused, TooComplex
from academe.services.credential.standards.guard import check
from academe.services.credential.standards.status_credential import compose
from academe.services.credential.standards.status_list import LENGTH, decode, encode
from tests.support.cost import cpu_seconds

# The list of https://www.w3.org/TR/vc-bitstring-status-list/, example 2: 131,072 entries, none of them set.
W3C_EMPTY = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).rstrip(b"=").decode()


def test_the_list_of_the_recommendation() -> None:
    """Theirs is read, and ours is the same but for the name of the system that packed it."""
    theirs = decode(W3C_EMPTY, LENGTH)

    assert theirs.data == bytes(LENGTH // 8)
    assert decode(encode([]), LENGTH) == theirs
    assert len(encode([])) == len(W3C_EMPTY)


def test_the_first_entry_is_the_left_bit() -> None:
    """One bit each, from the left, as the recommendation has it."""
    data = gzip.decompress(base64.urlsafe_b64decode(encode([0, 9, LENGTH - 1])[1:] + "=="))

    assert data[:2] == b"\x80\x40"
    assert data[-1] == 1
    assert len(data) == LENGTH // 8


@settings(max_examples=50, database=None)
@given(st.sets(st.integers(0, LENGTH - 1), max_size=500))
def test_a_list_and_back(indices: set[int]) -> None:
    """Exactly these are set, and the same ones make the same text in any order."""
    found = decode(encode(indices), LENGTH)

    assert {index for index in range(LENGTH) if found.data[index // 8] and found.get(index)} == indices
    assert encode(sorted(indices, reverse=True)) == encode(sorted(indices))


def test_no_list_takes_long_to_make() -> None:
    """Whoever asks for one lets everybody wait; one with a few in a hundred set is the hardest to pack."""
    indices = random.Random(4).sample(range(LENGTH), LENGTH // 25)
    spent = []
    for _ in range(5):
        before = time.thread_time()
        text = encode(indices)
        spent.append(time.thread_time() - before)

    assert min(spent) < 0.015
    assert len(text) < LENGTH / 8 / 2


def test_entries_that_are_not_there() -> None:
    """Neither can be set nor looked up."""
    found = decode(encode([]), LENGTH)
    for index in (-1, LENGTH):
        with pytest.raises(ValueError, match="has no entry"):
            encode([index])
        with pytest.raises(Malformed):
            found.get(index)
    with pytest.raises(ValueError, match="whole number"):
        encode([], LENGTH + 1)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "u",
            "uAAAA",
            "z" + W3C_EMPTY[1:],
            W3C_EMPTY[1:],
            W3C_EMPTY[:-8],
            W3C_EMPTY + "A",
            "u!!!!",
            "u é",
        ),
        pytest.param(packed(bytes(LENGTH // 8 - 1)), id="too short"),
        pytest.param(packed(bytes(LENGTH // 8)) + packed(b"more")[1:], id="more of it"),
    ],
)
def test_what_is_no_list(text: str) -> None:
    """Cut off, in another encoding, or too short to hide anybody in."""
    with pytest.raises(Malformed):
        decode(text, LENGTH)


def test_a_list_that_unpacks_without_end() -> None:
    """A gigabyte in a megabyte: no more of it is unpacked than was asked for."""
    text = packed(bytes(64 * 1_048_576))
    endless = "u" + "A" * 10_000_000

    def refuse() -> None:
        for one in (text, endless):
            with pytest.raises(TooComplex):
                decode(one, LENGTH)

    assert cpu_seconds(refuse, 0.1) < 0.1


def test_a_larger_list_of_others() -> None:
    """As large as the caller allows."""
    assert decode(packed(bytes(LENGTH)), LENGTH * 8).length == LENGTH * 8


def test_a_list_as_a_credential() -> None:
    """Every term in it is defined, so that it can be signed; its lifetime is in milliseconds."""
    document = compose(
        uri="http://localhost:50080/status/1/revocation",
        issuer="did:web:localhost%3A50080",
        purpose="revocation",
        positions=[5],
        valid_from="2026-11-24T10:00:00Z",
        valid_until="2026-11-25T10:00:00Z",
        ttl_seconds=300,
    )
    check(document)

    assert document["credentialSubject"]["ttl"] == 300_000
    assert decode(document["credentialSubject"]["encodedList"], LENGTH).get(5)


def test_a_list_that_stays_good() -> None:
    """For a folder that outlives the server: no end, no lifetime."""
    document = compose(
        uri="http://a.example/1",
        issuer="did:web:a.example",
        purpose="suspension",
        positions=[],
        valid_from="2026-11-24T10:00:00Z",
    )
    check(document)

    assert "validUntil" not in document
    assert "ttl" not in document["credentialSubject"]


def test_refusals_are_of_one_family() -> None:
    """Whoever reads a list of others catches one class."""
    assert issubclass(TooComplex, Refused)
    assert issubclass(Malformed, Refused)
