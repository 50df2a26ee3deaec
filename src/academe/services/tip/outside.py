"""Money from outside put together: the provider, if there is one, and everything that speaks with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.routing import Route

from academe.db.pool import Pool
from academe.services.tip.jobs import Job
from academe.services.tip.payments.book_watch import NAME as BOOK_NAME
from academe.services.tip.payments.book_watch import STEP_SECONDS as BOOK_SECONDS
from academe.services.tip.payments.book_watch import BookWatch
from academe.services.tip.payments.reconciler import STEP_SECONDS as RECONCILE_SECONDS
from academe.services.tip.payments.reconciler import Reconciler
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.payments.settlement import Settlement
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.payments.top_ups import TopUpService
from academe.services.tip.payments.webhooks import StripeWebhooks
from academe.services.tip.payouts.transfers import STEP_SECONDS as PAYOUT_SECONDS
from academe.services.tip.payouts.transfers import Transfers
from academe.services.tip.ports import UserDirectory
from academe.services.tip.refunds.asking import RefundAsking


@dataclass(frozen=True, slots=True)
class StripeOptions:
    """The account that tips are charged with, and the secrets that its webhooks are signed with."""

    secret_key: str
    webhook_secrets: Sequence[str]
    api_url: str | None = None


class OutsideMoney:
    """Without a provider there are wallets that are filled by hand, and nothing else here does anything."""

    def __init__(
        self,
        pool: Pool,
        users: UserDirectory,
        *,
        stripe: StripeOptions | None,
        top_up_by: str,
        announce: Callable[[UUID, UUID], None],
        log: Any,
    ) -> None:
        self._stripe = stripe
        self._pool = pool
        self._log = log
        self._refresh_account: Callable[[str], Awaitable[None]] | None = None
        self.provider: StripeProvider | None = None
        self.refunds: RefundAsking | None = None
        self._settlement: Settlement | None = None
        if stripe is not None:
            self.provider = StripeProvider(stripe.secret_key, api_url=stripe.api_url)
            self.refunds = RefundAsking(pool, self.provider)
            self._settlement = Settlement(pool, self.provider, self.refunds, announce=announce)
        self.payments = PaymentService(pool, self.provider, self._settlement)
        self.top_ups = TopUpService(pool, self.payments, users, by_hand=top_up_by)

    def listen_for_accounts(self, refresh: Callable[[str], Awaitable[None]]) -> None:
        """`refresh` is called with the id of an account that changed at the provider."""
        self._refresh_account = refresh

    def jobs(self, transfers: Transfers | None) -> list[Job]:
        """What asks the provider for what it did not tell."""
        if self.provider is None or self._settlement is None or self.refunds is None:
            return []
        reconciler = Reconciler(
            self._pool, self.provider, self.payments, self._settlement, self.refunds, log=self._log
        )
        book = BookWatch(self._pool, self.provider, self._settlement, log=self._log)
        jobs = [
            Job("tip.payments", RECONCILE_SECONDS, reconciler.work),
            Job(BOOK_NAME, BOOK_SECONDS, book.work),
        ]
        if transfers is not None:
            jobs.append(Job("tip.payouts", PAYOUT_SECONDS, transfers.work))
        return jobs

    def routes(self) -> list[Route]:
        """The provider's webhooks."""
        if self._stripe is None or self.provider is None or self._settlement is None:
            return []
        webhooks = StripeWebhooks(
            self._pool,
            self._settlement,
            secrets=self._stripe.webhook_secrets,
            livemode=self.provider.livemode,
            log=self._log,
            listeners={"account.updated": self._account_changed},
        )
        return webhooks.routes()

    async def _account_changed(self, account: Mapping[str, Any]) -> None:
        if self._refresh_account is not None:
            await self._refresh_account(account["id"])

    async def close(self) -> None:
        if self.provider is not None:
            await self.provider.close()
