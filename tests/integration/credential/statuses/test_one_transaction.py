"""A word on a credential, its bit and its line in the log are stored together or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.services.credential.log.model import LogEvent
from academe.services.credential.model import Credential, CredentialState
from academe.services.credential.parts import CredentialParts
from academe.services.credential.standards.workers import Workers
from tests.integration.credential.issuance.rows import history
from tests.integration.credential.statuses.conftest import Registry
from tests.support.cut_pool import CUT, CutPool
from tests.support.graduates import Faculty, certify, opened

STATEMENTS = 4
"""Of the transaction: lock, write, bit, log. It is committed after the last."""

Say = Callable[[Credential], Awaitable[Credential]]


def word(registry: Registry, state: CredentialState) -> Say:
    return {
        CredentialState.REVOKED: registry.revoke,
        CredentialState.SUSPENDED: registry.suspend,
        CredentialState.VALID: registry.reinstate,
    }[state]


EVENT = {
    CredentialState.REVOKED: LogEvent.REVOKE,
    CredentialState.SUSPENDED: LogEvent.SUSPEND,
    CredentialState.VALID: LogEvent.REINSTATE,
}


@pytest.mark.parametrize("statements", range(1, STATEMENTS + 1))
@pytest.mark.parametrize("state", list(CredentialState))
async def test_a_connection_that_is_cut(
    parts: CredentialParts,
    faculty: Faculty,
    pool: Pool,
    workers: Workers,
    registry: Registry,
    state: CredentialState,
    statements: int,
) -> None:
    """Between any two statements: nothing was said; saying it again settles it, once."""
    one = await certify(parts, faculty)
    if state is CredentialState.VALID:
        one = await registry.suspend(one)
    before = await history(pool, one)
    cut: Any = CutPool(pool, statements)
    async with opened(cut, faculty, workers=workers) as failing:
        with pytest.raises(CUT):
            await word(Registry(failing, faculty, pool), state)(one)

    assert await registry.get(one) == one
    assert await history(pool, one) == before
    assert await registry.read(one) == (False, one.state is CredentialState.SUSPENDED)
    assert (await word(registry, state)(one)).state is state
    assert await history(pool, one) == [*before, EVENT[state]]


async def test_the_cuts_are_everywhere(
    parts: CredentialParts, faculty: Faculty, pool: Pool, workers: Workers
) -> None:
    """After as many statements as there are, nothing is left to be cut."""
    one = await certify(parts, faculty)
    cut: Any = CutPool(pool, STATEMENTS + 1)
    async with opened(cut, faculty, workers=workers) as whole:
        revoked = await Registry(whole, faculty, pool).revoke(one)

    assert revoked.state is CredentialState.REVOKED


async def test_a_call_that_is_cancelled(
    parts: CredentialParts, faculty: Faculty, pool: Pool, registry: Registry
) -> None:
    """After any number of turns of the loop: row, bit and log agree."""
    for turns in range(0, 40, 2):
        one = await certify(parts, faculty)
        saying = asyncio.create_task(registry.revoke(one))
        for _ in range(turns):
            await asyncio.sleep(0)
        saying.cancel()
        await asyncio.gather(saying, return_exceptions=True)
        agreed = await pool.fetchval(
            """
            select c.state = e.state and (c.state = 2) = exists (
                select from credential.log_leaf l
                where l.credential_sha256 = c.document_sha256 and l.event = 2
            )
            from credential.credential c join credential.status_entry e using (credential_id)
            where c.credential_id = $1
            """,
            one.credential_id,
        )

        assert agreed
