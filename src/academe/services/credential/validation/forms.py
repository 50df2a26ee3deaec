"""What somebody sends to be verified: a document, a token, or a picture with either baked in."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from academe.services.credential.standards import jose, png, strict_json, svg
from academe.services.credential.standards.errors import Malformed
from academe.services.credential.validation.checks import many

BYTES_MAX = 250_000
"""Of what VerifyCredential takes, as the contract says; nothing larger is handed out to be sent there."""

_TOKEN = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential as it came: its claims, and the token it came in if it did.

    `kept_as` is the SHA-256 of the bytes that it was read from, for one that this school keeps itself.
    """

    document: dict[str, Any]
    token: bytes | None = None
    header: Mapping[str, Any] | None = None
    kept_as: bytes | None = None


def read(content: bytes) -> Presented:
    """Raises Refused (Malformed) when it is none of these, or not readable without doubt."""
    plain = content.strip()
    if content.startswith(png.SIGNATURE):
        return _document_or_token(png.unbake(content).strip())
    if plain.startswith(b"<"):
        return _document_or_token(svg.unbake(plain).strip())
    return _document_or_token(plain)


def _document_or_token(content: bytes) -> Presented:
    if _TOKEN.match(content):
        return _token(content)
    document = strict_json.parse(content)
    if _enveloped(document):
        return _token(_envelope(document))
    return Presented(document)


def _token(content: bytes) -> Presented:
    header, payload = jose.read(content)
    return Presented(payload, content, header)


def _enveloped(document: Mapping[str, Any]) -> bool:
    return "EnvelopedVerifiableCredential" in many(document.get("type"))


def _envelope(document: Mapping[str, Any]) -> bytes:
    """The token in a data: URL (https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-credentials)."""
    url = document.get("id")
    if not isinstance(url, str) or not url.startswith("data:"):
        raise Malformed("/id", "must be a data: URL with the credential in it")
    kind, comma, data = url.removeprefix("data:").partition(",")
    if not comma or not kind.partition(";")[0].endswith("vc+jwt"):
        raise Malformed("/id", "must hold application/vc+jwt")
    if not kind.endswith(";base64"):
        return unquote_to_bytes(data)
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise Malformed("/id", "is not base64") from error
