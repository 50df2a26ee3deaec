"""Where what somebody asked for stands in the document, so that a refusal names what they can correct."""

from __future__ import annotations

import re

_TEMPLATE = (
    (r"/name|/credentialSubject/achievement/name", "title"),
    (r"/credentialSubject/achievement/description", "description"),
    (r"/credentialSubject/achievement/criteria/narrative", "criteria"),
    (r"/credentialSubject/achievement/criteria/id", "criteria_uri"),
    (r"/credentialSubject/achievement/inLanguage", "language_code"),
    (r"/credentialSubject/achievement/achievementType", "achievement_type"),
    (r"/credentialSubject/achievement/tag(?:/(\d+))?", "tags[{}]"),
    (r"/credentialSubject/achievement/alignment(?:/(\d+))?", "alignments[{}]"),
    (r"/credentialSubject/achievement/alignment/(\d+)/targetName", "alignments[{}].name"),
    (r"/credentialSubject/achievement/alignment/(\d+)/targetUrl", "alignments[{}].uri"),
    (r"/credentialSubject/achievement/alignment/(\d+)/targetCode", "alignments[{}].code"),
    (r"/credentialSubject/achievement/alignment/(\d+)/targetFramework", "alignments[{}].framework"),
    (r"/credentialSubject/achievement/alignment/(\d+)/targetDescription", "alignments[{}].description"),
)
_REQUEST = (
    (r"/credentialSubject/achievement/resultDescription/(\d+)/name", "results[{}].name"),
    (r"/credentialSubject/result/(\d+)/value", "results[{}].value"),
    (r"/evidence(?:/(\d+))?", "evidence[{}]"),
    (r"/evidence/(\d+)/id", "evidence[{}].uri"),
    (r"/evidence/(\d+)/name", "evidence[{}].name"),
    (r"/evidence/(\d+)/narrative", "evidence[{}].narrative"),
)
_ISSUER = ((r"/issuer/name", "name"), (r"/issuer/url", "uri"), (r"/issuer/email", "email"))


def template_field(path: str) -> str:
    """The field of a template that a pointer into the document leads to; empty for none."""
    return _field(_TEMPLATE, path)


def request_field(path: str) -> str:
    """The field of IssueCredential that a pointer into the document leads to; empty for none."""
    return _field(_REQUEST, path)


def issuer_field(path: str) -> str:
    """The field of an issuer that a pointer into the document leads to; empty for none."""
    return _field(_ISSUER, path)


def _field(places: tuple[tuple[str, str], ...], path: str) -> str:
    for pattern, field in places:
        found = re.fullmatch(pattern, path)
        if found is not None:
            index = found[1] if found.re.groups else None
            return field.replace("[{}]", "" if index is None else f"[{index}]")
    return ""
