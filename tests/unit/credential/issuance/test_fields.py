"""A refusal names the field that somebody can correct, wherever in the document it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from academe.services.credential.issuance.compose import compose
from academe.services.credential.issuance.draft import Alignment
from academe.services.credential.issuance.fields import issuer_field, request_field, template_field
from academe.services.credential.model import Evidence, Result
from academe.services.credential.standards import guard
from academe.services.credential.standards.errors import Refused
from tests.unit.credential.issuance.drafts import draft

ODD = "a\x0bb"
PLAIN = Alignment("a", "https://skills.example/1")
IN_TEMPLATES: dict[str, dict[str, Any]] = {
    "title": {"name": ODD},
    "description": {"description": ODD},
    "criteria": {"criteria": ODD},
    "criteria_uri": {"criteria_uri": "a b"},
    "language_code": {"language_code": ODD},
    "achievement_type": {"achievement_type": ODD},
    "tags[1]": {"tags": ["a", ODD]},
    "alignments[1].name": {"alignments": [PLAIN, replace(PLAIN, name=ODD)]},
    "alignments[0].uri": {"alignments": [replace(PLAIN, uri=ODD)]},
    "alignments[0].code": {"alignments": [replace(PLAIN, code=ODD)]},
    "alignments[0].framework": {"alignments": [replace(PLAIN, framework=ODD)]},
    "alignments[0].description": {"alignments": [replace(PLAIN, description=ODD)]},
}
IN_REQUESTS: dict[str, dict[str, Any]] = {
    "results[0].name": {"results": [Result(ODD, "1")]},
    "results[2].name": {"results": [Result("a", "1"), Result("b", "1"), Result(ODD, "1")]},
    "results[1].value": {"results": [Result("a", "1"), Result("b", ODD)]},
    "evidence[0].name": {"evidence": [Evidence(ODD, "", "")]},
    "evidence[1].uri": {"evidence": [Evidence("a", "", ""), Evidence("b", "//work", "")]},
    "evidence[1].narrative": {"evidence": [Evidence("a", "", ""), Evidence("b", "", ODD)]},
}
OF_ISSUERS: dict[str, dict[str, Any]] = {"uri": {"uri": ODD}, "email": {"email": ODD}}


def refused_at(fields: dict[str, Any]) -> str:
    with pytest.raises(Refused) as refused:
        guard.check(compose(draft(**fields)))
    return refused.value.path


@pytest.mark.parametrize(("field", "fields"), IN_TEMPLATES.items(), ids=IN_TEMPLATES)
def test_fields_of_templates(field: str, fields: dict[str, Any]) -> None:
    """Each as the guard refuses it."""
    path = refused_at(fields)

    assert template_field(path) == field
    assert request_field(path) == issuer_field(path) == ""


@pytest.mark.parametrize(("field", "fields"), IN_REQUESTS.items(), ids=IN_REQUESTS)
def test_fields_of_requests(field: str, fields: dict[str, Any]) -> None:
    """Each as the guard refuses it."""
    path = refused_at(fields)

    assert request_field(path) == field
    assert template_field(path) == issuer_field(path) == ""


@pytest.mark.parametrize(("field", "fields"), OF_ISSUERS.items(), ids=OF_ISSUERS)
def test_fields_of_issuers(field: str, fields: dict[str, Any]) -> None:
    """Each as the guard refuses it."""
    path = refused_at(fields)

    assert issuer_field(path) == field
    assert request_field(path) == template_field(path) == ""


@pytest.mark.parametrize(
    "path", ["", "/", "/evidence/x/id", "/credentialStatus/0/id", "/name/0", "/evidence/01/"]
)
def test_what_belongs_to_nobody(path: str) -> None:
    """Is said of none of them."""
    assert request_field(path) == template_field(path) == issuer_field(path) == ""


@pytest.mark.parametrize(
    ("path", "field"),
    [("/evidence", "evidence"), ("/evidence/3", "evidence[3]")],
)
def test_what_is_wrong_as_a_whole(path: str, field: str) -> None:
    """The field without an index, or without a field of its own."""
    assert request_field(path) == field
    assert template_field("/credentialSubject/achievement/tag") == "tags"
