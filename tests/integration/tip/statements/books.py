"""Accounts with a history: tips and what came of them, on days of our choosing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from academe.db.pool import Pool
from academe.services.tip.reports.repository import ReportRepository
from academe.services.tip.reports.repository_school import SchoolRepository
from academe.services.tip.reports.school import SchoolReportService
from academe.services.tip.reports.service import ReportService
from academe.services.tip.statements.model import Document
from academe.services.tip.statements.press import Press
from academe.services.tip.statements.repository import StatementRepository
from academe.services.tip.statements.service import StatementService
from tests.support.ledger import People
from tests.support.ledger_rows import (
    CHARGE,
    DISPUTE,
    PROVIDER_FEE,
    REFUND,
    TOP_UP,
    insert_movement,
    insert_tip,
)

NEW_YEAR = datetime(2025, 1, 1, tzinfo=UTC)
PUBLIC, PRIVATE, ANONYMOUS = 1, 2, 3


def day(number: int, *, microseconds: int = 0) -> datetime:
    """The days of 2025: 1 is New Year's Day, at noon."""
    return NEW_YEAR + timedelta(days=number - 1, hours=12, microseconds=microseconds)


class Books:
    """Writes in the order of time, and reads through the services."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.people = People()
        self.repository = StatementRepository(pool)
        press = Press()
        self.statements = StatementService(self.repository, self.people, press)
        self.reports = ReportService(ReportRepository(pool), self.repository, self.people, press)

    def school(self, provider: Any = None) -> SchoolReportService:
        return SchoolReportService(SchoolRepository(self.pool), self.repository, provider)

    async def top_up(self, owner_id: UUID, amount: int, at: datetime, currency: str = "EUR") -> UUID:
        return await insert_movement(
            self.pool, TOP_UP, to_owner=owner_id, amount=amount, create_time=at, currency=currency
        )

    async def tip(
        self, sender_id: UUID, educator_id: UUID, amount: int, at: datetime, **columns: Any
    ) -> UUID:
        """From the wallet."""
        return await insert_tip(
            self.pool,
            sender_id,
            educator_id,
            amount=amount,
            create_time=at,
            **{"visibility": PUBLIC} | columns,
        )

    async def paid_tip(
        self, sender_id: UUID, educator_id: UUID, amount: int, fee: int, at: datetime, **columns: Any
    ) -> UUID:
        """From outside: the tip, the charge and the provider's fee."""
        tip_id = await self.tip(sender_id, educator_id, amount, at, funding=3, **columns)
        await insert_movement(
            self.pool,
            CHARGE,
            source_id=tip_id,
            tip_id=tip_id,
            to_owner=educator_id,
            amount=amount,
            payment_fee=fee,
            platform_fee=columns.get("platform_fee", 0),
            create_time=at,
            currency=columns.get("currency", "EUR"),
        )
        await insert_movement(
            self.pool,
            PROVIDER_FEE,
            source_id=tip_id,
            amount=fee,
            create_time=at,
            currency=columns.get("currency", "EUR"),
        )
        return tip_id

    async def refund(
        self,
        tip_id: UUID,
        educator_id: UUID,
        sender_id: UUID,
        amount: int,
        at: datetime,
        *,
        platform_fee: int = 0,
    ) -> UUID:
        """Of a tip from the wallet."""
        return await insert_movement(
            self.pool,
            REFUND,
            tip_id=tip_id,
            from_owner=educator_id,
            to_owner=sender_id,
            amount=amount,
            platform_fee=platform_fee,
            create_time=at,
        )

    async def dispute(
        self, tip_id: UUID, educator_id: UUID, amount: int, at: datetime, *, payment_fee: int, debt: int
    ) -> UUID:
        return await insert_movement(
            self.pool,
            DISPUTE,
            tip_id=tip_id,
            from_owner=educator_id,
            amount=amount,
            payment_fee=payment_fee,
            debt=debt,
            create_time=at,
        )


async def content_of(document: Document) -> bytes:
    return b"".join([part async for part in document.parts])


def amounts(lines: Sequence[Any]) -> list[int]:
    return [line.amount for line in lines]
