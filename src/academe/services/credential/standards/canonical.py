"""The canonical form of a document: the bytes that a signature over it is about."""

from __future__ import annotations

import hashlib
from typing import Any

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from academe.services.credential.standards.errors import UncertainValue
from academe.services.credential.standards.guard import guarded_quads


def canonical(document: dict[str, Any]) -> bytes:
    """The document as N-Quads in the form of RDFC-1.0. Raises a Refused where that form is not certain."""
    text = "".join(quad.line() for quad in guarded_quads(document))
    try:
        dataset = Dataset(parse(text, format=RdfFormat.N_QUADS))
    except SyntaxError:  # the parser knows the finer rules of addresses
        raise UncertainValue("", "Something that stands for an address is none.", "not_an_iri") from None
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    # Never splitlines(): it also splits at characters that stand unescaped inside of texts.
    return b"\n".join(sorted(lines.split(b"\n")[:-1])) + b"\n"


def digest(document: dict[str, Any]) -> bytes:
    """The SHA-256 of the canonical form, 32 bytes."""
    return hashlib.sha256(canonical(document)).digest()
