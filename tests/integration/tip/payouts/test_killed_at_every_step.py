"""The process that pays out is killed between each of its steps."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from uuid import uuid4

from academe.db.pool import Pool
from academe.services.tip.payouts.model import PayoutState
from tests.integration.tip.payouts.office import Office
from tests.integration.tip.payouts.paying_process import STEPS, FileBank
from tests.support.ledger import faults

ROOT = Path(__file__).resolve().parents[4]
TAKEN, PAID = 10, 11


async def test_it_is_paid_once(pool: Pool, database: str, tmp_path: Path) -> None:
    """Another process goes on, and whether the client repeats its call or not: one transfer, one arrival.

    When nothing was committed and nobody repeats, nothing has happened at all.
    """
    cases = [*((step, False) for step in STEPS), (STEPS[0], True), (STEPS[2], True)]
    await asyncio.gather(*(killed_at(*case, pool, database, tmp_path) for case in cases))

    assert await faults(pool) == []


async def killed_at(step: str, repeats: bool, pool: Pool, database: str, tmp_path: Path) -> None:
    path = tmp_path / f"{step} {repeats}"
    path.touch()
    office = Office(pool, bank := FileBank(path))
    educator, request_id = await office.educator(500), uuid4()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.tip.payouts.paying_process",
        database,
        str(path),
        step,
        str(educator.user_id),
        str(request_id),
        cwd=ROOT,
    )
    assert await process.wait() == -signal.SIGKILL, step
    happened = repeats or step != "money taken, not committed"
    for _ in range(2):
        if repeats:
            await office.create(educator, request_id)
        await office.step()
    page = await office.payouts.list_payouts(educator, None, page_size=0, page_token="")
    bank.read()

    assert [payout.state for payout in page.rows] == [PayoutState.PAID] * happened, step
    assert [amount.minor_units for _, _, amount in bank.transfers.values()] == [500] * happened, step
    for payout in page.rows:
        assert await office.movements(payout) == [TAKEN, PAID], step
    assert await office.holds(educator) == (0 if happened else 500, 0), step
