"""From drafts to signed bytes, without keeping anybody else waiting.

Canonicalising takes milliseconds and happens in another process; what comes back is 64 bytes to sign. Private
keys stay in this one, where a signature takes a fraction of a millisecond.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.services.credential.issuance.compose import check_ids, compose, instant
from academe.services.credential.issuance.draft import Draft
from academe.services.credential.keys import OpenKey, SigningIssuer
from academe.services.credential.model import Document
from academe.services.credential.standards import data_integrity, jose, strict_json
from academe.services.credential.standards.errors import Refused
from academe.services.credential.standards.workers import Workers


@dataclass(frozen=True, slots=True)
class Signed:
    """Both forms of a credential as exact bytes, with the numbers of the keys they were signed with."""

    json: bytes
    json_key_number: int
    jwt: bytes
    jwt_key_number: int

    @property
    def sha256(self) -> bytes:
        """Of the JSON form: what the transparency log and the credential's row know it by."""
        return hashlib.sha256(self.json).digest()

    def document(self, design: Mapping[str, Any]) -> Document:
        """As it is stored."""
        return Document(self.json, self.json_key_number, self.jwt, self.jwt_key_number, design)


class Signer:
    """Composes and signs; `workers` do the expensive part."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def sign(
        self, issuer: SigningIssuer, drafts: Sequence[Draft], now: datetime | None = None
    ) -> list[Signed | Refused]:
        """Each draft signed, or why it cannot be, in the same order.

        `now` is when the proofs are made, for credentials that are not of today. Raises WorkerUnavailable.
        """
        method = issuer.document_key.method
        jobs = [
            (compose(draft), data_integrity.proof_options(method, instant(now or draft.issue_time)))
            for draft in drafts
        ]
        inputs = await self._workers.signing_inputs(jobs)
        return await asyncio.to_thread(_sign_all, issuer, jobs, inputs)

    async def prove(self, issuer: SigningIssuer, document: dict[str, Any], now: datetime) -> bytes:
        """A document that is none of the drafts, with the issuer's proof of `now`, as exact bytes.

        Raises Refused, and WorkerUnavailable.
        """
        options = data_integrity.proof_options(issuer.document_key.method, instant(now))
        (signing_input,) = await self._workers.signing_inputs([(document, options)])
        if isinstance(signing_input, Refused):
            raise signing_input
        return _proved(document, options, signing_input, issuer.document_key)


def _proved(
    document: dict[str, Any], options: dict[str, Any], signing_input: bytes, key: OpenKey[Ed25519PrivateKey]
) -> bytes:
    proved = data_integrity.attach(document, options, key.key.sign(signing_input))
    return strict_json.serialise(proved)


def _sign_all(
    issuer: SigningIssuer,
    jobs: Sequence[tuple[dict[str, Any], dict[str, Any]]],
    inputs: Sequence[bytes | Refused],
) -> list[Signed | Refused]:
    return [
        _sign(issuer, document, options, signing_input)
        for (document, options), signing_input in zip(jobs, inputs, strict=True)
    ]


def _sign(
    issuer: SigningIssuer, document: dict[str, Any], options: dict[str, Any], signing_input: bytes | Refused
) -> Signed | Refused:
    try:
        check_ids(document)  # says better where it is than the guard, who may have refused it for the same
    except Refused as refused:
        return refused
    if isinstance(signing_input, Refused):
        return signing_input
    proving, token = issuer.document_key, issuer.token_key
    return Signed(
        json=_proved(document, options, signing_input, proving),
        json_key_number=proving.number,
        jwt=jose.sign(document, token.key, token.method),
        jwt_key_number=token.number,
    )
