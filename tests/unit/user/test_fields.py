"""What the fields of an account may hold."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.caller import Role
from academe.errors import InvalidArgument
from academe.services.user import fields


@pytest.mark.parametrize("name", ["ada", "Ada.Lovelace", "a-b_c", "0ab", "a" * 32])
def test_an_ordinary_username_is_kept_as_written(name: str) -> None:
    """Case is kept; it is only the key that has none."""
    assert fields.username(name) == name
    assert fields.username_key(name) == name.lower()


@pytest.mark.parametrize("name", ["", "ab", "a" * 33, ".ada", "ada lovelace", "ada@x", "ädä", "ada\n", "adа"])
def test_a_username_of_other_characters_is_refused(name: str) -> None:
    """Nothing but ASCII letters, digits, dots, dashes and underscores: the last one has a Cyrillic a."""
    with pytest.raises(InvalidArgument):
        fields.username(name)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("ada+courses@x.org", "ada+courses@x.org"),
        ("user@München.de", "user@xn--mnchen-3ya.de"),
        ("user@xn--mnchen-3ya.de", "user@xn--mnchen-3ya.de"),
    ],
)
def test_an_address_has_one_key_however_it_is_written(written: str, key: str) -> None:
    """Case and the two spellings of an international domain make no second address."""
    assert fields.email(written).key == key


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ａda@x.org",
        f"{'a' * 65}@x.org",
        "a..b@x.org",
        "ada@localhost",
        "ada@x.org\n",
        "a@[127.0.0.1]",
    ],
)
def test_an_address_that_nobody_can_have_is_refused(address: str) -> None:
    """Look-alike letters, over-long parts, quoting and machines without a domain."""
    with pytest.raises(InvalidArgument):
        fields.email(address)


@pytest.mark.parametrize(
    ("login", "key"),
    [
        ("Ada", "ada"),
        ("ADA@example.com", "ada@example.com"),
        (" ada@example.com ", "ada@example.com"),
        ("adaſ", None),
        ("not an address@", None),
        ("x", None),
    ],
)
def test_a_login_is_read_as_a_username_or_an_address(login: str, key: str | None) -> None:
    """What can be neither has no key, so nobody is looked up."""
    assert fields.login_key(login) == key


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Ada  Lovelace", "Ada Lovelace"),
        (" Ada ", "Ada"),
        ("Jose\u0301", "José"),
        ("عمر\u200fخيام", "عمر\u200fخيام"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_a_display_name_is_one_tidy_line(written: str, stored: str) -> None:
    """Composed characters, single spaces, and the invisible characters that scripts and emoji need."""
    assert fields.display_name(written) == stored


@pytest.mark.parametrize(
    "name", ["", "   ", "\u200d", "Ada\nLovelace", "Ada\x00", "Ada\u202eecalevoL", "a\u200bb"]
)
def test_a_display_name_that_deceives_is_refused(name: str) -> None:
    """No line breaks, no control characters, no reordering, nothing wholly invisible."""
    with pytest.raises(InvalidArgument):
        fields.display_name(name)


def test_a_display_name_is_counted_as_it_is_stored() -> None:
    """100 characters after composing; a character that composing takes apart counts as several."""
    assert len(fields.display_name("e\u0301" * 100)) == 100

    with pytest.raises(InvalidArgument):
        fields.display_name("\u0958" * 51)  # NFC writes each as two


def test_a_biography_keeps_its_lines() -> None:
    """Line ends become one kind; other control characters are refused."""
    assert fields.biography("One\r\ntwo\tthree\n") == "One\ntwo\tthree"

    with pytest.raises(InvalidArgument):
        fields.biography("bell\x07")


@given(st.text(max_size=120))
def test_whatever_is_accepted_as_a_name_is_stable(text: str) -> None:
    """A stored name, sent back, is stored the same; it is NFC, visible and within its length."""
    try:
        name = fields.display_name(text)
    except InvalidArgument:
        return

    assert fields.display_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert 1 <= len(name) <= fields.DISPLAY_NAME_MAX
    assert name.isprintable() or any(unicodedata.category(c) in {"Cf", "Cn", "Co"} for c in name)


def test_everybody_is_a_learner() -> None:
    """Roles without that of a learner are refused."""
    assert fields.roles([Role.EDUCATOR, Role.LEARNER]) == {Role.LEARNER, Role.EDUCATOR}

    with pytest.raises(InvalidArgument):
        fields.roles([Role.EDUCATOR])
