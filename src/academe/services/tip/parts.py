"""The tip slice put together: every part of it over one pool, and with a provider or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.routing import Route

from academe.db.pool import Pool
from academe.services.tip.holds.repository import HoldRepository
from academe.services.tip.holds.repository_abuse import AbuseRepository
from academe.services.tip.holds.service import HoldExpiry, HoldService
from academe.services.tip.jobs import Job, JobRunner
from academe.services.tip.model import TipLimit
from academe.services.tip.outside import OutsideMoney, StripeOptions
from academe.services.tip.payouts import PayoutService
from academe.services.tip.ports import UserDirectory
from academe.services.tip.recurring.job import RecurringJob
from academe.services.tip.recurring.repository import RecurringRepository
from academe.services.tip.recurring.repository_charges import ChargeRepository
from academe.services.tip.recurring.service import RecurringService
from academe.services.tip.refunds.service import RefundService
from academe.services.tip.reports.repository import ReportRepository
from academe.services.tip.reports.repository_school import SchoolRepository
from academe.services.tip.reports.school import SchoolReportService
from academe.services.tip.reports.service import ReportService
from academe.services.tip.repository import TipRepository
from academe.services.tip.repository_jobs import JobRepository
from academe.services.tip.service import TipPolicy, TipService
from academe.services.tip.statements.press import Press
from academe.services.tip.statements.repository import StatementRepository
from academe.services.tip.statements.service import StatementService
from academe.services.tip.verification import VerificationRepository, VerificationService
from academe.services.tip.watch import Changes, TipPoll, TipWatch, WatchRepository

RECURRING_SECONDS = 60
HOLD_EXPIRY_SECONDS = 10
"""How often promises that are due, and holds that have expired, are looked for."""


@dataclass(frozen=True, slots=True)
class TipOptions:
    """What an operator decides; see the settings of the same names."""

    policy: TipPolicy = field(default_factory=TipPolicy)
    limits: Sequence[TipLimit] = ()
    cooling: timedelta = timedelta(minutes=5)
    top_up_by: str = "off"
    """Who fills wallets by hand: self, administrator or off."""
    stripe: StripeOptions | None = None


class TipParts:
    """Every service of the slice, for its handler; and what is to be run beside the calls."""

    def __init__(
        self,
        pool: Pool,
        dsn: str,
        users: UserDirectory,
        *,
        options: TipOptions,
        log: Any,
        on_batch: Callable[[str, int, float], None] | None = None,
    ) -> None:
        """`dsn` is for connections of its own, on which the ledger is verified."""
        changes, press = Changes(), Press()
        announce = changes.announce
        repository = TipRepository(pool, limits=options.limits, announce=announce, on_batch=on_batch)
        self._outside = outside = OutsideMoney(
            pool, users, stripe=options.stripe, top_up_by=options.top_up_by, announce=announce, log=log
        )
        self.tips = TipService(repository, users, outside.payments, policy=options.policy)
        self.top_ups = outside.top_ups
        self.refunds = RefundService(pool, outside.refunds, announce=announce)

        holds = HoldRepository(pool)
        self.holds = HoldService(holds, repository, cooling=options.cooling, announce=announce)
        self.recurring = RecurringService(RecurringRepository(pool), users)
        self.payouts = PayoutService(
            pool, outside.provider, log=log, find_rings=AbuseRepository(pool).find_rings
        )
        outside.listen_for_accounts(self.payouts.accounts.refresh)

        watching = WatchRepository(pool)
        self.watch = TipWatch(watching, repository, changes)
        self.poll = TipPoll(watching, changes)
        statements = StatementRepository(pool, on_batch=on_batch)
        self.statements = StatementService(statements, users, press)
        self.reports = ReportService(ReportRepository(pool, on_batch=on_batch), statements, users, press)
        self.school_reports = SchoolReportService(SchoolRepository(pool), statements, outside.provider)
        self.verification = VerificationService(VerificationRepository(dsn))

        charging = RecurringJob(ChargeRepository(pool), self.tips.send_for, log=log)
        expiring = HoldExpiry(holds, announce=announce)
        jobs = [
            Job("tip.recurring", RECURRING_SECONDS, charging.run),
            Job("tip.holds", HOLD_EXPIRY_SECONDS, expiring.run),
            *outside.jobs(self.payouts.transfers),
        ]
        self.jobs = JobRunner(JobRepository(pool), jobs, log=log)

    def routes(self) -> list[Route]:
        """What listens on HTTP: the provider's webhooks, if there is one."""
        return self._outside.routes()

    async def close(self) -> None:
        await self._outside.close()
