"""What has one address is one thing and has one name, wherever a document says so."""

from __future__ import annotations

import pytest

from academe.services.credential.standards.errors import UncertainValue
from academe.services.credential.standards.guard import check
from tests.support.vc import changed

ACHIEVEMENT = ("credentialSubject", "achievement")
NESTED = "/credentialSubject/achievement"


def test_something_with_two_names() -> None:
    """A set of statements has no order: whoever shows it says which comes first. Languages are told apart."""
    names = [{"@value": "Sailing", "@language": "en"}, {"@value": "Segeln", "@language": "de"}]
    check(changed(*ACHIEVEMENT, "name", to=names))
    for more in ("Doctor", {"@value": "Doctor", "@language": "en"}):
        with pytest.raises(UncertainValue) as refused:
            check(changed(*ACHIEVEMENT, "name", to=[*names, "Sailing", more]))
        assert (refused.value.code, refused.value.path) == ("described_twice", f"{NESTED}/id")


def test_something_that_is_two_things() -> None:
    """What is said of the one would be said of the other."""
    with pytest.raises(UncertainValue) as refused:
        check(changed(*ACHIEVEMENT, "type", to=["Achievement", "Evidence"]))

    assert (refused.value.code, refused.value.path) == ("described_twice", f"{NESTED}/id")
