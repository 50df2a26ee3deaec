"""What issuing is made of, each part alone: no server, no calls, nothing else at the same time.

The documents are those that the server just issued. The inserts are its own statements on its own database,
for credentials of another type; their signatures are not looked at there.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from academe.clock import utcnow
from academe.db.pool import create_pool
from academe.ids import new_id
from academe.services.credential.codes import new_code
from academe.services.credential.issuance.repository import IssuanceRepository, Issue
from academe.services.credential.model import CredentialType
from academe.services.credential.repository import CredentialRepository
from academe.services.credential.standards import data_integrity, jose, strict_json
from benchmarks.credentials.school import SINGLE, STORED_ALONE, School

SAMPLE = 200
"""Documents, and credentials stored alone."""

CHUNK = 50
"""Credentials of one transaction, as in issuing to many."""


@dataclass(frozen=True)
class Part:
    """For one credential: elapsed time (the median), and the time of processors (the mean)."""

    name: str
    p50_ms: float
    cpu_ms: float


@dataclass(frozen=True)
class Parts:
    """Of issuing. `stored` is in a transaction of its own, `stored_many` one of CHUNK in a transaction."""

    canonicalised: Part
    proved: Part
    token: Part
    stored: Part
    stored_many: Part
    document_bytes: int

    @property
    def one_ms(self) -> float:
        """The sum for one credential by itself: elapsed time."""
        return sum(part.p50_ms for part in (self.canonicalised, self.proved, self.token, self.stored))

    @property
    def many_cpu_ms(self) -> float:
        """The sum for one of many: the time of processors."""
        parts = (self.canonicalised, self.proved, self.token, self.stored_many)
        return sum(part.cpu_ms for part in parts)


def measure_parts(school: School) -> Parts:
    ids = [
        row["credential_id"]
        for row in school.fetch(
            "select credential_id from credential.credential where type = $1 order by credential_id limit $2",
            SINGLE,
            SAMPLE,
        )
    ]
    issues = asyncio.run(_read(school.dsn, ids))
    signed = [strict_json.parse(issue.document.json) for issue in issues]
    plain = [{name: value for name, value in one.items() if name != "proof"} for one in signed]
    options = [
        {name: value for name, value in one["proof"].items() if name != "proofValue"} for one in signed
    ]
    jobs = list(zip(plain, options, strict=True))
    proving, signing = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    inputs = [data_integrity.signing_input(*job) for job in jobs]  # which also warms the contexts up

    def prove(document: dict[str, Any], proof: dict[str, Any], signed_bytes: bytes) -> bytes:
        return strict_json.serialise(data_integrity.attach(document, proof, proving.sign(signed_bytes)))

    return Parts(
        canonicalised=_part("guard and canonical form", data_integrity.signing_input, jobs),
        proved=_part("Ed25519 proof, JSON", prove, list(zip(plain, options, inputs, strict=True))),
        token=_part(
            "ES256 token", lambda one: jose.sign(one, signing, "did:web:x#key-2"), [(p,) for p in plain]
        ),
        stored=asyncio.run(_store(school, issues, 1)),
        stored_many=asyncio.run(_store(school, issues, CHUNK)),
        document_bytes=round(statistics.mean(len(issue.document.json) for issue in issues)),
    )


def _part(name: str, work: Callable[..., object], given: Sequence[tuple[Any, ...]]) -> Part:
    milliseconds = []
    before = time.process_time()
    for arguments in given:
        begun = time.perf_counter()
        work(*arguments)
        milliseconds.append((time.perf_counter() - begun) * 1000)
    cpu = time.process_time() - before
    return Part(name, statistics.median(milliseconds), cpu * 1000 / len(given))


async def _read(dsn: str, credential_ids: Sequence[UUID]) -> list[Issue]:
    pool = await create_pool(dsn, size=1)
    try:
        repository = CredentialRepository(pool)
        found = []
        for credential_id in credential_ids:
            credential = await repository.get_credential(credential_id)
            document = await repository.get_document(credential) if credential is not None else None
            if credential is None or document is None:
                raise RuntimeError(f"credential {credential_id} was issued and is not there")
            found.append(Issue(credential, document))
        return found
    finally:
        await pool.close()


async def _store(school: School, issues: Sequence[Issue], at_once: int) -> Part:
    """Stores copies with places, codes, documents and log entries, so many in a transaction."""
    pool = await create_pool(school.dsn, size=1)
    try:
        repository, milliseconds = IssuanceRepository(pool), []
        copies = [_copy(issue, STORED_ALONE if at_once == 1 else CredentialType.DEGREE) for issue in issues]
        before, own = school.processes.cpu(), time.process_time()
        for start in range(0, len(copies), at_once):
            batch = copies[start : start + at_once]
            begun = time.perf_counter()
            await _store_batch(repository, batch)
            milliseconds.append((time.perf_counter() - begun) * 1000 / len(batch))
        used = (school.processes.cpu() - before).database + time.process_time() - own
        name = "inserts, one in a transaction" if at_once == 1 else f"inserts, {at_once} in a transaction"
        return Part(name, statistics.median(milliseconds), used * 1000 / len(copies))
    finally:
        await pool.close()


async def _store_batch(repository: IssuanceRepository, batch: Sequence[Issue]) -> None:
    issuer_id = batch[0].credential.issuer_id
    if issuer_id is None:
        raise RuntimeError("a credential that was just issued has no issuer")
    owners = [(issue.credential.learner_id, issue.credential.credential_id) for issue in batch]
    await repository.reserve_places(issuer_id, owners, utcnow())
    stored = await repository.add_issues(issuer_id, batch)
    if [one.credential_id for one in stored] != [issue.credential.credential_id for issue in batch]:
        raise RuntimeError("somebody had the credential already, so nothing was stored")


def _copy(issue: Issue, kind: int) -> Issue:
    copied = replace(
        issue.credential,
        credential_id=new_id(),
        type=CredentialType(kind),
        verification_code=new_code(),
        document_sha256=secrets.token_bytes(32),
    )
    return replace(issue, credential=copied)
