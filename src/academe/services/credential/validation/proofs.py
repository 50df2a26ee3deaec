"""Whether a signature holds, and whether it is the issuer's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from academe.clock import utcnow
from academe.services.credential.keys import Issuers, KeyUse
from academe.services.credential.standards import data_integrity, jose
from academe.services.credential.standards.data_integrity import Proof
from academe.services.credential.standards.errors import (
    ProofInvalid,
    Refused,
    TooComplex,
    UndefinedTerm,
    UnknownContext,
)
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.checks import failed, passed, unknown
from academe.services.credential.validation.forms import Presented
from academe.services.credential.validation.keys import KeyFinder, KeyUnknown, NoKey
from academe.services.credential.validation.model import Check, CheckName, CheckResult

NOT_CHECKED = ("unsupported_suite", "unsupported_algorithm", "unknown_proof")
"""Signed in a way of which nothing can be said here."""

KEPT = 1_000
"""Of our own documents; each is a kilobyte."""


class ProofChecker:
    """Checks proofs in documents, and tokens."""

    def __init__(
        self,
        keys: KeyFinder,
        issuers: Issuers,
        workers: Workers,
        *,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._keys = keys
        self._issuers = issuers
        self._workers = workers
        self._clock = clock
        self._kept: OrderedDict[bytes, list[tuple[Proof, bytes]]] = OrderedDict()

    async def is_ours(self, issuer: str) -> bool:
        """Whether this is an issuer of this school."""
        return await self._issuers.by_did(issuer) is not None

    async def check(self, presented: Presented, issuer: str) -> list[Check]:
        """Contexts, proof and issuer; up to the first that makes the rest pointless."""
        try:
            if presented.token is not None:
                return await self._check_token(presented, presented.token, issuer)
            return await self._check_document(presented, issuer)
        except NoKey as error:
            return [failed(CheckName.ISSUER, str(error))]
        except KeyUnknown as error:
            return [unknown(CheckName.ISSUER, str(error))]

    async def check_list(self, presented: Presented, issuer: str) -> Check:
        """The first of the same checks that does not pass, for a status list; or the last."""
        checks = await self.check(presented, issuer)
        return next((one for one in checks if one.result is not CheckResult.PASS), checks[-1])

    async def check_keys(self, document: dict[str, Any], issuer: str) -> Check:
        """Whether the keys that a document names are still good. Its signatures are known to hold."""
        try:
            for proof in data_integrity.read_proofs(document):
                await self._keys.find(proof.method, issuer, KeyUse.DOCUMENT)
        except (NoKey, ProofInvalid) as error:
            return failed(CheckName.ISSUER, str(error))
        except KeyUnknown as error:
            return unknown(CheckName.ISSUER, str(error))
        return passed(CheckName.ISSUER, f"It was signed by {issuer}.")

    async def _check_token(self, presented: Presented, token: bytes, issuer: str) -> list[Check]:
        header, claims = presented.header or {}, presented.document
        method = header.get("kid")
        if not isinstance(method, str) or "#" not in method:
            # By its own address, or itself in the header: neither says that it is the issuer's.
            reason = "The token does not name its key (kid) as one of its issuer's."
            return [(failed if await self.is_ours(issuer) else unknown)(CheckName.PROOF, reason)]
        key = await self._keys.find(method, issuer, KeyUse.TOKEN)
        try:
            jose.check_signature(token, header, claims, key)
        except Refused as error:
            return [failed(CheckName.PROOF, str(error))]
        if claims.get("iss", issuer) != issuer:  # two readers would take it for two issuers' word
            return [failed(CheckName.PROOF, "The token's iss is not the issuer that the credential names.")]
        return [
            passed(CheckName.CONTEXTS, "Every claim is in the signed token."),
            passed(CheckName.PROOF, "The token's signature holds: nothing was changed."),
            passed(CheckName.ISSUER, f"It was signed by {issuer}, with {method}."),
        ]

    async def _to_check(self, presented: Presented) -> list[tuple[Proof, bytes]]:
        """What of its proofs has to be checked. Follows from the bytes alone, so of our own documents it is
        worked out once: their pages may be opened by everybody, and at any rate. Raises Refused."""
        if presented.kept_as is None:
            return await self._workers.proofs_to_check(presented.document)
        found = self._kept.get(presented.kept_as)
        if found is None:
            found = await self._workers.proofs_to_check(presented.document, strange=False)
        self._kept[presented.kept_as] = found
        self._kept.move_to_end(presented.kept_as)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    async def _check_document(self, presented: Presented, issuer: str) -> list[Check]:
        try:
            proofs = await self._to_check(presented)
        except (UndefinedTerm, UnknownContext) as error:
            return [failed(CheckName.CONTEXTS, str(error))]
        except ProofInvalid as error:
            return [(unknown if error.code in NOT_CHECKED else failed)(CheckName.PROOF, str(error))]
        except TooComplex as error:  # which says nothing of who made it
            return [unknown(CheckName.PROOF, str(error))]
        except Refused as error:
            if error.code == "described_twice" and not await self.is_ours(issuer):
                return [unknown(CheckName.PROOF, f"{error} A signature cannot tell them apart.")]
            return [failed(CheckName.STRUCTURE, str(error))]
        checks = [passed(CheckName.CONTEXTS, "Everything it says is defined, and signed.")]
        for proof, message in proofs:
            if proof.expires is not None and proof.expires <= self._clock():
                ended = proof.expires.isoformat()
                return [*checks, failed(CheckName.PROOF, f"The proof was good until {ended}.")]
            key = await self._keys.find(proof.method, issuer, KeyUse.DOCUMENT)
            try:
                data_integrity.check_signature(proof, message, key)
            except Refused as error:
                return [*checks, failed(CheckName.PROOF, str(error))]
        methods = ", ".join(proof.method for proof, _ in proofs)
        return [
            *checks,
            passed(CheckName.PROOF, "The signature holds: nothing was changed."),
            passed(CheckName.ISSUER, f"It was signed by {issuer}, with {methods}."),
        ]
