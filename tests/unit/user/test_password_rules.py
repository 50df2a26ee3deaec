"""Which passwords are refused."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.services.user.errors import PasswordUnfit
from academe.services.user.password_rules import check_password_fit, common_passwords


def check(password: str) -> None:
    check_password_fit(password, username="Ada.Lovelace", email="countess@analytical.org", field="password")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "x7f!kq0z",
        "\U0001f511" * 3 + "klavier",
        "пароль-для-ады",
        "\U0001f511" * 64,
        "\x00nul is fine",
    ],
)
def test_a_password_needs_no_particular_characters(password: str) -> None:
    """Any script, any length up to 256, no rule of composition (ASVS 6.2.5, 6.2.8, 6.2.9)."""
    check(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short77", "8 to 256"),
        ("e\u0301" * 4, "8 to 256"),  # four characters once composed
        ("x7f!kq0z" * 33, "8 to 256"),
        ("sunshine", "common"),
        ("Trustno1", "common"),
        ("12345678", "common"),
        ("fghijklmn", "sequence"),
        ("98765432", "sequence"),
        ("\u0430" * 8, "sequence"),
        ("xqxqxqxq", "repetition"),
        ("x" * 32, "sequence"),
        ("7x!k7x!k7x!k", "repetition"),
        ("ada.lovelace", "username"),
        ("Ada.Lovelace1!", "username"),
        ("countess@analytical.org", "e-mail"),
        ("COUNTESS99", "e-mail"),
        ("Academe2026!", "product"),
    ],
)
def test_a_guessable_password_is_refused(password: str, why: str) -> None:
    """Too short, common, a pattern, or a word of the context (ASVS 6.2.1, 6.2.4, 6.2.11)."""
    with pytest.raises(PasswordUnfit) as caught:
        check(password)

    assert why in caught.value.message
    assert password not in caught.value.message
    assert caught.value.violations[0].field == "password"


@given(st.sampled_from(sorted(common_passwords())))
def test_every_listed_password_is_refused_in_any_case(password: str) -> None:
    """The list is of lower-case forms."""
    for form in (password, password.upper(), password.title()):
        with pytest.raises(PasswordUnfit):
            check(form)


def test_the_list_is_the_one_its_origin_describes() -> None:
    """At least the 3,000 most common that are long enough, unchanged since they were taken over."""
    folder = files("academe.third_party.zxcvbn")
    digest = hashlib.sha256(folder.joinpath("common_passwords.txt").read_bytes()).hexdigest()

    assert digest in folder.joinpath("ORIGIN.txt").read_text()
    assert "MIT" in folder.joinpath("LICENSE.txt").read_text()
    assert len(common_passwords()) >= 3_000
    assert min(map(len, common_passwords())) >= 8
