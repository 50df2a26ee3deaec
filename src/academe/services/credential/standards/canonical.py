"""The canonical form of a document: the bytes that a signature over it is about."""

from __future__ import annotations

import hashlib
from typing import Any

from academe.services.credential.standards.guard import guarded


def canonical(document: dict[str, Any], *, theirs: bool = False) -> bytes:
    """The document as N-Quads in the form of RDFC-1.0. Raises a Refused where that form is not certain.

    `theirs` is one that others have signed already (see guard.guarded).
    """
    from pyoxigraph import CanonicalizationAlgorithm, RdfFormat, serialize

    dataset = guarded(document, theirs=theirs)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    # Never splitlines(): it also splits at characters that stand unescaped inside of texts.
    return b"\n".join(sorted(lines.split(b"\n")[:-1])) + b"\n"


def digest(document: dict[str, Any]) -> bytes:
    """The SHA-256 of the canonical form, 32 bytes."""
    return hashlib.sha256(canonical(document)).digest()
