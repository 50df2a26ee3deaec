"""A process that makes one payout and kills itself at a given step; see test_killed_at_every_step."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from academe.caller import Role
from academe.db.pool import create_pool
from academe.money import Money
from academe.services.tip.model import Movement, TransactionKind
from academe.services.tip.payouts import repository
from academe.services.tip.ports import ProviderTransfer
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import Office
from tests.support.ledger import caller

STEPS = (
    "money taken, not committed",
    "committed, provider not asked",
    "provider paid, reply not read",
    "reply read, nothing written",
    "arrival posted, not committed",
    "arrival committed, caller not answered",
)


class FileBank(Bank):
    """Keeps its transfers in a file, a line each, so that they outlive whoever asked for them.

    Each is a bank of its own, named by the file, so that what one is to be asked about no other is.
    """

    def __init__(self, path: Path, step: str = "") -> None:
        super().__init__(path.name)
        self._path, self._step = path, step

    def read(self) -> None:
        self.transfers = {}
        for line in self._path.read_text().splitlines():
            payout_id, account, currency, amount = line.split()
            assert UUID(payout_id) not in self.transfers
            self.transfers[UUID(payout_id)] = (f"tr_{payout_id}", account, Money(currency, int(amount)))
            self.enabled.add(account)
            self.keys.add(UUID(payout_id))

    async def create_transfer(
        self, payout_id: UUID, account_reference: str, amount: Money
    ) -> ProviderTransfer:
        die_at("committed, provider not asked", self._step)
        self.read()
        self.enabled.add(account_reference)
        new = payout_id not in self.transfers
        told = await super().create_transfer(payout_id, account_reference, amount)
        if new:
            with self._path.open("a") as file:
                file.write(f"{payout_id} {account_reference} {amount.currency_code} {amount.minor_units}\n")
        die_at("provider paid, reply not read", self._step)
        return told

    async def find_transfer(self, payout_id: UUID, account_reference: str) -> ProviderTransfer | None:
        self.read()
        return await super().find_transfer(payout_id, account_reference)


def die_at(step: str, wanted: str) -> None:
    if step == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    return


async def main(dsn: str, path: str, step: str, educator_id: UUID, request_id: UUID) -> None:
    add_movements = repository.add_movements

    async def add_and_die(connection: Any, movements: Sequence[Movement]) -> int:
        count = await add_movements(connection, movements)
        if movements[0].kind is TransactionKind.PAYOUT:
            die_at("money taken, not committed", step)
        if movements[0].kind is TransactionKind.PAYOUT_PAID:
            die_at("arrival posted, not committed", step)
        return count

    repository.add_movements = add_and_die
    record = repository.PayoutRepository.record

    async def die_and_record(self: repository.PayoutRepository, *arguments: Any) -> Any:
        die_at("reply read, nothing written", step)
        recorded = await record(self, *arguments)
        die_at("arrival committed, caller not answered", step)
        return recorded

    repository.PayoutRepository.record = die_and_record  # type: ignore[method-assign]
    office = Office(await create_pool(dsn, size=2), FileBank(Path(path), step))
    await office.create(caller(educator_id, Role.EDUCATOR), request_id)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], UUID(sys.argv[4]), UUID(sys.argv[5])))
