"""Status lists as signed documents, made anew when a bit changes or their time runs out."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from academe.clock import utcnow
from academe.services.credential.issuance.compose import STATUS_PURPOSES, instant
from academe.services.credential.issuance.signing import Signer
from academe.services.credential.keys import Issuers
from academe.services.credential.log import LogService
from academe.services.credential.standards import status_credential
from academe.services.credential.standards.errors import Refused
from academe.services.credential.statuses.repository import StatusList, StatusRepository

FRESH_SECONDS = 60
"""How long a verifier may keep a list: a revocation is seen by everybody a minute later."""

LIFETIME = timedelta(days=2)
"""Of a list: who is shown an older one is shown something that may have changed since."""

KEPT = 64

TURNS = 16
"""Locks, each for its share of the lists: who waits for one to be signed holds up few others."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A list as it was signed, and what was known then: the key, how long the log was, and the positions."""

    issuer_id: UUID
    key_number: int
    log_size: int
    positions: Sequence[int]
    until: datetime
    content: bytes


class StatusLists:
    """Publishes what the rows say.

    No bit changes without an entry in the log, in the same transaction. So while the log has not grown a list
    is what it was, and its rows, of which there may be tens of thousands, are not read for each who asks.
    """

    def __init__(
        self,
        repository: StatusRepository,
        issuers: Issuers,
        signer: Signer,
        log: LogService,
        *,
        base_uri: str,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._issuers = issuers
        self._signer = signer
        self._log = log
        self._base_uri = base_uri
        self._clock = clock
        self._made: OrderedDict[tuple[UUID, str], _Made] = OrderedDict()
        self._turns = [asyncio.Lock() for _ in range(TURNS)]

    async def get(self, list_id: UUID, purpose: str) -> bytes | None:
        """The signed list, None when there is none such."""
        if purpose not in STATUS_PURPOSES:
            return None
        async with self._turns[list_id.int % TURNS]:  # one signature for all who ask at once
            # Read in turn, and the log first: what is signed later is never what was read earlier.
            log_size = await self._log.size()
            made = self._made.get((list_id, purpose))
            if made is not None and made.log_size == log_size and await self._is_fresh(made):
                return made.content
            found = await self._repository.get_list(list_id)
            return await self._renewed(found, purpose, log_size) if found is not None else None

    async def _is_fresh(self, made: _Made) -> bool:
        signing = await self._issuers.signing(made.issuer_id)
        in_time = made.until - self._clock() >= LIFETIME / 2
        return in_time and signing.document_key.number == made.key_number

    async def _renewed(self, found: StatusList, purpose: str, log_size: int) -> bytes:
        """The list as it was signed, if nothing in it has changed, or signed anew."""
        name, positions = (found.list_id, purpose), _positions(found, purpose)
        made = self._made.get(name)
        if made is not None and made.positions == positions and await self._is_fresh(made):
            made = replace(made, log_size=log_size)
        else:
            signing, until = await self._issuers.signing(found.issuer_id), self._clock() + LIFETIME
            content = await self.sign(found, purpose, until=until)
            made = _Made(found.issuer_id, signing.document_key.number, log_size, positions, until, content)
        self._made[name] = made
        self._made.move_to_end(name)
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
        try:
            return await self._signer.prove(signing, document, now)
        except Refused as refused:
            raise RuntimeError("a status list cannot be signed") from refused


def _positions(found: StatusList, purpose: str) -> Sequence[int]:
    return sorted(found.revoked if purpose == "revocation" else found.suspended)
