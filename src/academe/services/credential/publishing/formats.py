"""The files that credentials are handed out as."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class FileFormat(IntEnum):
    """Numbers as in academe.api.credential.v1.CredentialFormat."""

    JSON = 1
    JWT = 2
    PNG = 3
    SVG = 4
    PDF = 5

    @property
    def suffix(self) -> str:
        return self.name.lower()

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    FileFormat.JSON: "application/vc",
    FileFormat.JWT: "application/vc+jwt",
    FileFormat.PNG: "image/png",
    FileFormat.SVG: "image/svg+xml",
    FileFormat.PDF: "application/pdf",
}
"""As https://www.w3.org/TR/vc-data-model-2.0/#iana-considerations and VC-JOSE-COSE call them."""


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep or to hand on."""

    content: bytes
    content_type: str
    name: str
