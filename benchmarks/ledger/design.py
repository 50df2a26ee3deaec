"""What a ledger has to offer to be measured here, and what it is given to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import asyncpg

from academe.ids import new_id

CURRENCY = "EUR"

# Ids are made of a prefix and a number, so that SQL and pgbench can name a person without asking Python.
PAYER_PREFIX = "01900000-0000-7000-8001-"
EDUCATOR_PREFIX = "01900000-0000-7000-8002-"
PLATFORM = UUID("01900000-0000-7000-8003-000000000000")


class LedgerWrongError(Exception):
    """The sums of a ledger do not add up, or a tip was not taken; its rate is worth nothing."""


@dataclass(frozen=True)
class People:
    """So many who pay and so many who are tipped; and the platform, which has a share in each tip."""

    payer_count: int
    educator_count: int

    @property
    def payers(self) -> list[UUID]:
        return [UUID(f"{PAYER_PREFIX}{number:012x}") for number in range(self.payer_count)]

    @property
    def educators(self) -> list[UUID]:
        return [UUID(f"{EDUCATOR_PREFIX}{number:012x}") for number in range(self.educator_count)]

    @property
    def everybody(self) -> list[UUID]:
        return [*self.payers, *self.educators, PLATFORM]


@dataclass
class Batch:
    """Tips as columns. A payer loses the amount, of which the fee goes to the platform and the rest to the
    educator; all in minor units of CURRENCY, a fee above zero and below its amount."""

    tip_ids: list[UUID] = field(default_factory=list)
    request_ids: list[UUID] = field(default_factory=list)
    payers: list[UUID] = field(default_factory=list)
    educators: list[UUID] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)

    def add(self, payer: UUID, educator: UUID, amount: int, fee: int) -> None:
        self.tip_ids.append(new_id())
        self.request_ids.append(new_id())
        self.payers.append(payer)
        self.educators.append(educator)
        self.amounts.append(amount)
        self.fees.append(fee)

    def __len__(self) -> int:
        return len(self.tip_ids)


class Design(Protocol):
    """A way to keep the ledger. Each design has a database of its own, which the application's role owns."""

    @property
    def name(self) -> str:
        """In words, for the table."""

    @property
    def key(self) -> str:
        """In one word, for the data."""

    @property
    def entries_per_tip(self) -> int:
        """Rows that one tip adds to the table that grows fastest."""

    async def prepare(self, connection: asyncpg.Connection, people: People, funds: int) -> None:
        """Makes tables and accounts in an empty database, and gives each payer so many minor units."""

    async def send(self, connection: asyncpg.Connection, batch: Batch) -> None:
        """Writes the batch in one statement, which is one transaction, and returns after its commit.

        Raises LedgerWrongError if a tip was not taken: here everybody has the money.
        """

    async def verify(self, connection: asyncpg.Connection, dsn: str) -> int:
        """Recomputes every balance; returns the number of tips. Raises LedgerWrongError for a wrong sum.

        `dsn` is of the same database, for a design that verifies on several connections.
        """

    async def fill(self, connection: asyncpg.Connection, people: People, tips: int) -> None:
        """Adds so many tips at once, as `send` would have left them, so that `verify` still agrees.

        `connection` is a superuser's for which triggers sleep (session_replication_role = replica); indexes
        and check constraints are awake. Payers and educators take turns, by number.
        """

    def one_tip(self, people: People) -> str:
        """A pgbench script: one tip of a random payer to a random educator, through the call of `send`."""


async def open_accounts(connection: asyncpg.Connection, schema: str, people: People, funds: int) -> None:
    """Accounts of a design that keeps account_id, opening and balance; payers begin with `funds`."""
    await connection.execute(
        f"""
        insert into {schema}.account (account_id, opening, balance)
        select account_id, funds, funds
        from unnest($1::uuid[]) as account_id
        cross join lateral (
            select case when account_id = any ($2::uuid[]) then $3::bigint else 0 end
        ) as given (funds)
        """,
        people.everybody,
        people.payers,
        funds,
    )


async def refuse_faults(connection: asyncpg.Connection, name: str, faults: str) -> None:
    """Raises LedgerWrongError with what a query that finds wrong sums has found, if it has."""
    found: Sequence[asyncpg.Record] = await connection.fetch(faults)
    if found:
        told = "; ".join(str(row["fault"]) for row in found[:5])
        raise LedgerWrongError(f"{name}: {len(found)} wrong sums: {told}")


def random_people(people: People) -> str:
    """pgbench's \\set lines for :payer, :educator and :amount; the ids are `payer_sql` and `educator_sql`."""
    return (
        f"\\set payer random(0, {people.payer_count - 1})\n"
        f"\\set educator random(0, {people.educator_count - 1})\n"
        "\\set amount random(100, 10000)\n"
    )


def payer_sql(number: str) -> str:
    """The SQL expression for the id of the payer whose number an expression gives."""
    return f"('{PAYER_PREFIX}' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"


def educator_sql(number: str) -> str:
    return f"('{EDUCATOR_PREFIX}' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"
