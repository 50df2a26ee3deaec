"""Proofs that are part of the document: Data Integrity with the suite eddsa-rdfc-2022.

Sources: https://www.w3.org/TR/vc-data-integrity/ and https://www.w3.org/TR/vc-di-eddsa/. Signed are 64
bytes: the SHA-256 of the canonical proof without its value, then that of the canonical document without its
proofs. Whoever has the key signs these; nobody here has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from academe.services.credential.standards.canonical import canonical
from academe.services.credential.standards.contexts import CREDENTIALS_V2
from academe.services.credential.standards.errors import Malformed, ProofInvalid, pointer
from academe.services.credential.standards.multikey import PublicKey, base58_decode, base58_encode
from academe.services.credential.standards.quads import RDF, XSD, is_iri
from academe.services.credential.standards.shape import VALUES_MAX
from academe.services.credential.standards.times import read_time

CRYPTOSUITE = "eddsa-rdfc-2022"
ASSERTION = "assertionMethod"
PROOFS_MAX = 4
"""Proofs of one document. Each is canonicalised."""

OPTIONS_MAX = 50
"""Values in a proof. The usual has five."""

_PLAIN = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose"}
_SEC = "https://w3id.org/security#"
_LINES = (
    f'_:c14n0 <http://purl.org/dc/terms/created> "{{created}}"^^<{XSD}dateTime> .\n'
    f"_:c14n0 <{RDF}type> <{_SEC}DataIntegrityProof> .\n"
    f'_:c14n0 <{_SEC}cryptosuite> "eddsa-rdfc-2022"^^<{_SEC}cryptosuiteString> .\n'
    f"_:c14n0 <{_SEC}proofPurpose> <{_SEC}assertionMethod> .\n"
    f"_:c14n0 <{_SEC}verificationMethod> <{{method}}> .\n"
)
"""The canonical form of a proof with no more than the five usual members, which need not be worked out."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as a document states it. `options` are its members without the signature of 64 bytes."""

    method: str
    signature: bytes
    options: dict[str, Any]
    created: datetime | None = None
    expires: datetime | None = None


def proof_options(method: str, created: str, purpose: str = ASSERTION) -> dict[str, Any]:
    """The members of a proof that are signed; `created` is a time such as 2026-01-31T12:00:00Z."""
    read_time(created)
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": purpose,
    }


def signing_input(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """The 64 bytes to be signed. Proofs that the document has already are not part of it. Raises Refused."""
    plain = {name: value for name, value in document.items() if name != "proof"}
    return _config_digest(plain, options) + hashlib.sha256(canonical(plain)).digest()


def attach(document: dict[str, Any], options: dict[str, Any], signature: bytes) -> dict[str, Any]:
    """The document with a proof; one more, if it has some already."""
    proof = {**options, "proofValue": f"z{base58_encode(signature)}"}
    before = document.get("proof")
    proofs = before if isinstance(before, list) else [] if before is None else [before]
    return {**document, "proof": [*proofs, proof] if proofs else proof}


def verify(document: dict[str, Any], find_key: Callable[[str], PublicKey]) -> list[Proof]:
    """The proofs of a document, all of which hold. Raises ProofInvalid, and what `find_key` raises.

    `find_key` gets a verification method, and is the one to know whether the issuer may sign with it.
    """
    checked = proofs_to_check(document)
    for proof, message in checked:
        check_signature(proof, message, find_key(proof.method))
    return [proof for proof, _ in checked]


def proofs_to_check(document: dict[str, Any]) -> list[tuple[Proof, bytes]]:
    """Each proof with the 64 bytes that it has to be a signature of. Raises Refused."""
    proofs = read_proofs(document)
    plain = {name: value for name, value in document.items() if name != "proof"}
    based = [_based(plain, proof.options.get("@context"), index) for index, proof in enumerate(proofs)]
    forms = {repr(one.get("@context")): one for one in based}
    if len(forms) > 1 and len(forms) * _count(plain) > VALUES_MAX:
        reason = "The document is too large for proofs that were made under different contexts."
        raise ProofInvalid("/proof", reason, "unsupported_suite")
    digests = {
        contexts: hashlib.sha256(canonical(form, theirs=True)).digest() for contexts, form in forms.items()
    }
    return [
        (proof, _config_digest(one, proof.options) + digests[repr(one.get("@context"))])
        for proof, one in zip(proofs, based, strict=True)
    ]


def check_signature(proof: Proof, message: bytes, key: PublicKey) -> None:
    """Raises ProofInvalid unless the proof is this key's over `message`, the bytes that belong to it."""
    if key.kind != "Ed25519":
        raise ProofInvalid("/proof", "The key is not one of Ed25519.", "wrong_key")
    if not key.verifies(proof.signature, message):
        reason = "The signature is not that of this document: one of the two was changed."
        raise ProofInvalid("/proof", reason, "signature")


def read_proofs(document: dict[str, Any]) -> list[Proof]:
    """What the proofs of a document say, at least one. Raises ProofInvalid."""
    value = document.get("proof")
    entries = value if isinstance(value, list) else [value]
    if value is None or not entries:
        raise ProofInvalid("/proof", "The document has no proof.", "no_proof")
    if len(entries) > PROOFS_MAX:
        raise ProofInvalid("/proof", f"The document has more than {PROOFS_MAX} proofs.", "too_many_proofs")
    several = isinstance(value, list)
    return [
        _proof(entry, pointer("proof", index) if several else "/proof") for index, entry in enumerate(entries)
    ]


def _proof(entry: Any, path: str) -> Proof:
    if not isinstance(entry, dict):
        raise ProofInvalid(path, "A proof is not an object.", "malformed_proof")
    if entry.get("type") != "DataIntegrityProof" or entry.get("cryptosuite") != CRYPTOSUITE:
        raise ProofInvalid(path, f"A proof is not of the suite {CRYPTOSUITE}.", "unsupported_suite")
    if entry.get("proofPurpose") != ASSERTION:
        raise ProofInvalid(path, "A proof was made for another purpose.", "wrong_purpose")
    if "previousProof" in entry:
        raise ProofInvalid(path, "Proofs that build on one another are not read here.", "unsupported_suite")
    method, value = entry.get("verificationMethod"), entry.get("proofValue")
    if not isinstance(method, str) or not isinstance(value, str) or not value.startswith("z"):
        raise ProofInvalid(path, "A proof names no key or has no value.", "malformed_proof")
    try:
        signature = base58_decode(value[1:])
        times = {
            name: read_time(entry[name], f"{path}/{name}") for name in ("created", "expires") if name in entry
        }
    except Malformed as error:
        raise ProofInvalid(error.path or path, error.reason, "malformed_proof") from None
    if len(signature) != 64:
        raise ProofInvalid(path, "A signature has not 64 bytes.", "malformed_proof")
    options = {name: inner for name, inner in entry.items() if name != "proofValue"}
    if _count(options) > OPTIONS_MAX:
        raise ProofInvalid(path, f"A proof has more than {OPTIONS_MAX} values.", "unsupported_suite")
    return Proof(method, signature, options, times.get("created"), times.get("expires"))


def _count(value: object) -> int:
    """Values in a value, itself not counted."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(1 + _count(one) for one in inner)


def _based(document: dict[str, Any], context: object, index: int) -> dict[str, Any]:
    """A proof may repeat the contexts it was made under; the document may have got more since."""
    own = document.get("@context")
    if context is None or context == own:
        return document
    signed, stated = (value if isinstance(value, list) else [value] for value in (context, own))
    if stated[: len(signed)] != signed:
        reason = "A proof was made under other contexts than those of the document."
        raise ProofInvalid(pointer("proof", index), reason, "wrong_contexts")
    return {**document, "@context": context}


def _config_digest(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    contexts = document.get("@context")
    created, method = options.get("created"), options.get("verificationMethod")
    usual = (
        options.keys() == _PLAIN
        and isinstance(contexts, list)
        and contexts[:1] == [CREDENTIALS_V2]
        and (options["type"], options["cryptosuite"], options["proofPurpose"])
        == ("DataIntegrityProof", CRYPTOSUITE, ASSERTION)
        and isinstance(created, str)
        and read_time(created)
        and is_iri(method)
    )
    if usual:
        form = _LINES.format(created=created, method=method).encode()
    else:
        form = canonical({**options, "@context": contexts})
    return hashlib.sha256(form).digest()
