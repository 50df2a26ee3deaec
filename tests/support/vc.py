"""For tests of the standards: a credential like ours, keys that are no secret, two other canonicalisers."""

from __future__ import annotations

import copy
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from academe.services.credential.standards import data_integrity
from academe.services.credential.standards.contexts import CONTEXTS, document_loader, read_context
from academe.services.credential.standards.errors import ProofInvalid
from academe.services.credential.standards.multikey import PublicKey

DID = "did:web:localhost%3A50080"
METHOD = f"{DID}#key-1"
CREATED = "2026-11-24T10:00:00Z"

SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = PublicKey("Ed25519", SIGNING_KEY.public_key().public_bytes_raw())
TOKEN_KEY = ec.derive_private_key(4_711, ec.SECP256R1())

CREDENTIAL: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "http://localhost:50080/credentials/ABCDEFGHJKLMNPQRSTUV",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": DID, "type": ["Profile"], "name": "A School", "url": "http://localhost:50080"},
    "validFrom": "2026-11-24T10:00:00Z",
    "validUntil": "2029-11-24T10:00:00Z",
    "name": "Introducción a 中文",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"sha256${'ab' * 32}",
                "identityType": "emailAddress",
                "salt": "one",
            },
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"sha256${'cd' * 32}",
                "identityType": "name",
                "salt": "two",
            },
        ],
        "achievement": {
            "id": "http://localhost:50080/achievements/1",
            "type": ["Achievement"],
            "achievementType": "Certificate",
            "name": "Introduction",
            "description": "What was learnt.",
            "criteria": {"narrative": 'Six lessons,\nand a test: 100 % "right".'},
            "creditsAvailable": 2.5,
            "inLanguage": "en",
            "tag": ["language", "beginner"],
            "alignment": [
                {
                    "type": ["Alignment"],
                    "targetName": "Speaking",
                    "targetUrl": "http://data.europa.eu/esco/skill/1",
                }
            ],
            "resultDescription": [
                {
                    "id": "urn:uuid:d4a3b3a6-9ef6-4b4c-9d0b-52d0a0a3ad67",
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["A", "B", "C"],
                }
            ],
        },
        "result": [
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:d4a3b3a6-9ef6-4b4c-9d0b-52d0a0a3ad67",
                "value": "B",
            }
        ],
    },
    "evidence": [{"id": "http://localhost:50080/essay", "type": ["Evidence"], "narrative": "An essay."}],
    "credentialStatus": [
        {
            "id": "http://localhost:50080/status/1/revocation#5",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": "http://localhost:50080/status/1/revocation",
        }
    ],
}


def credential(**changes: Any) -> dict[str, Any]:
    """A copy of CREDENTIAL with members of its own."""
    return {**copy.deepcopy(CREDENTIAL), **changes}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """A copy of CREDENTIAL with one value replaced, or added."""
    document = copy.deepcopy(CREDENTIAL)
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return document


def signed(document: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """The document, CREDENTIAL if none is given, with a proof by SIGNING_KEY."""
    document = document or credential()
    stated = {**data_integrity.proof_options(METHOD, CREATED), **options}
    signature = SIGNING_KEY.sign(data_integrity.signing_input(document, stated))
    return data_integrity.attach(document, stated, signature)


def find_key(method: str) -> PublicKey:
    """SIGNING_KEY's public half under its own name, as an issuer's key document would give it."""
    if method != METHOD:
        raise ProofInvalid("", "The key document has no such key.", "method_not_found")
    return PUBLIC_KEY


def by_oxigraph(document: dict[str, Any]) -> bytes:
    """The canonical form by pyoxigraph alone, which reads JSON-LD once the contexts are written out."""
    dataset = Dataset(parse(json.dumps(_written_out(document)), format=RdfFormat.JSON_LD))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    lines = serialize(dataset, format=RdfFormat.N_QUADS)
    assert lines is not None
    return b"".join(sorted(line + b"\n" for line in lines.split(b"\n") if line))


def by_pyld(document: dict[str, Any]) -> bytes:
    """The canonical form by PyLD alone, with none of our shortcuts."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": document_loader,
    }
    text: str = jsonld.normalize(document, options)
    return text.encode()


def _written_out(value: Any) -> Any:
    if isinstance(value, list):
        return [_written_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _contexts(inner) if name == "@context" else _written_out(inner) for name, inner in value.items()
    }


def _contexts(value: Any) -> list[Any]:
    urls = value if isinstance(value, list) else [value]
    return [_CONTEXTS.get(url, url) if isinstance(url, str) else url for url in urls]


_CONTEXTS = {url: json.loads(read_context(url))["@context"] for url in CONTEXTS}
