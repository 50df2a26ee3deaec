"""The JSON-LD contexts that documents may use, and the loader that knows no others.

A context decides what a signature covers, so none is ever fetched: whoever answered for its address could
change what old credentials say. The files are unmodified (ORIGIN.txt beside them has their hashes).
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any

from academe.services.credential.standards.errors import UnknownContext, quoted

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

CONTEXTS = {
    CREDENTIALS_V1: "credentials-v1.json",
    CREDENTIALS_V2: "credentials-v2.json",
    "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    "https://w3id.org/security/multikey/v1": "multikey-v1.json",
    "https://www.w3.org/ns/credentials/status/v1": "status-list-v1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": "ob-3.0.0.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
    OPEN_BADGES: "ob-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-extensions.json",
    CLR: "clr-2.0.1.json",
}
"""Address to file name. Compared as text: another case or a slash more is another context."""

KNOWN = frozenset(CONTEXTS)


@functools.cache
def read_context(url: str) -> bytes:
    """The file behind `url`, as it was published. Raises UnknownContext."""
    if url not in CONTEXTS:
        raise UnknownContext(
            "", f"The context {quoted(url)} is not one of those kept here.", "unknown_context"
        )
    return files("academe.third_party").joinpath("jsonld", CONTEXTS[url]).read_bytes()


def document_loader(url: str, _options: object = None) -> dict[str, Any]:
    """A loader in the shape that PyLD asks for. Raises UnknownContext.

    Each call gives a document of its own, because PyLD writes into what it loads; the tag tells it that the
    context never changes and may be kept once processed.
    """
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": json.loads(read_context(url)),
        "tag": "static",
    }
