"""Status lists as signed documents, made anew when a bit changes or their time runs out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from academe.clock import utcnow
from academe.services.credential.issuance.compose import STATUS_PURPOSES, instant
from academe.services.credential.keys import Issuers
from academe.services.credential.standards import data_integrity, status_credential, strict_json
from academe.services.credential.standards.errors import Refused
from academe.services.credential.standards.workers import Workers
from academe.services.credential.statuses.repository import StatusList, StatusRepository

FRESH_SECONDS = 60
"""How long a verifier may keep a list: a revocation is seen by everybody a minute later."""

LIFETIME = timedelta(days=2)
"""Of a list: who is shown an older one is shown something that may have changed since."""

KEPT = 64


@dataclass(frozen=True, slots=True)
class _Made:
    """A list as it was signed."""

    revision: tuple[object, ...]
    until: datetime
    content: bytes


class StatusLists:
    """Publishes what the rows say."""

    def __init__(
        self,
        repository: StatusRepository,
        issuers: Issuers,
        workers: Workers,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._issuers = issuers
        self._workers = workers
        self._base_uri = base_uri
        self._clock = clock
        self._made: OrderedDict[tuple[UUID, str], _Made] = OrderedDict()
        self._lock = asyncio.Lock()

    async def get(self, list_id: UUID, purpose: str) -> bytes | None:
        """The signed list, None when there is none such."""
        found = await self._repository.get_list(list_id) if purpose in STATUS_PURPOSES else None
        if found is None:
            return None
        async with self._lock:  # one signature for all who ask at once
            return await self._fresh(found, purpose)

    async def _fresh(self, found: StatusList, purpose: str) -> bytes:
        now = self._clock()
        signing = await self._issuers.signing(found.issuer_id)
        revision = (signing.document_key.number, *_positions(found, purpose))
        made = self._made.get((found.list_id, purpose))
        if made is None or made.revision != revision or made.until - now < LIFETIME / 2:
            content = await self.sign(found, purpose, until=now + LIFETIME)
            made = self._made[found.list_id, purpose] = _Made(revision, now + LIFETIME, content)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return made.content

    async def sign(self, found: StatusList, purpose: str, *, until: datetime | None) -> bytes:
        """The list as a signed document. Without an end it stays good for ever, which is what a folder that
        outlives the server needs, and nothing else."""
        signing = await self._issuers.signing(found.issuer_id)
        now = self._clock().replace(microsecond=0)
        document = status_credential.compose(
            uri=f"{self._base_uri}/status/{found.list_id}/{purpose}",
            issuer=signing.issuer.did,
            purpose=purpose,
            positions=_positions(found, purpose),
            valid_from=instant(now),
            valid_until=instant(until) if until is not None else None,
            ttl_seconds=FRESH_SECONDS if until is not None else None,
        )
        key = signing.document_key
        options = data_integrity.proof_options(key.method, instant(now))
        (signing_input,) = await self._workers.signing_inputs([(document, options)])
        if isinstance(signing_input, Refused):
            raise RuntimeError("a status list cannot be signed") from signing_input
        return strict_json.serialise(data_integrity.attach(document, options, key.key.sign(signing_input)))


def _positions(found: StatusList, purpose: str) -> Sequence[int]:
    return sorted(found.revoked if purpose == "revocation" else found.suspended)
