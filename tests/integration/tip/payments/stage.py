"""Payments on a real database against the fake Stripe, with everybody in them played by the test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import stripe

from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.ids import new_id
from academe.money import Money
from academe.services.tip import TipRepository
from academe.services.tip.model import SCHOOL, Funding, NewTip, Tip, TipState, platform_fee_of
from academe.services.tip.payments.model import Payment
from academe.services.tip.payments.reconciler import Reconciler
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.payments.settlement import Settlement
from academe.services.tip.payments.stripe_provider import StripeProvider
from academe.services.tip.payments.stripe_units import from_stripe
from academe.services.tip.payments.top_ups import TopUpService
from academe.services.tip.payments.webhooks import StripeWebhooks
from academe.services.tip.refunds.asking import RefundAsking
from academe.services.tip.refunds.model import Refund, RefundDraft
from academe.services.tip.refunds.repository import RefundRepository
from academe.services.tip.refunds.service import RefundService
from tests.support.fake_stripe import FakeStripe, Terms
from tests.support.ledger import People, caller, faults, new_tip
from tests.support.postgres import quiet_log

FEE_BASIS_POINTS = 500
WALLET, EDUCATOR, DEBT, PLATFORM_FEE, PAYMENT_FEE, PROVIDER = 1, 2, 5, 6, 7, 8


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: int) -> None:
        self.now += timedelta(**span)


class Stage:
    """One process of the server, as far as it is about payments.

    `provider` wraps or replaces the one that talks to the fake. `another()` is a fresh process on the same
    database, with the same fake and clock.
    """

    def __init__(
        self,
        pool: Pool,
        fake: FakeStripe,
        time: Time,
        opening: dict[tuple[int, str], int],
        people: People,
        *,
        payer: stripe.StripeClient | None = None,
        provider: Any = None,
        by_hand: str = "self",
    ) -> None:
        self.pool, self.fake, self.time, self.opening, self.people = pool, fake, time, opening, people
        self.stripe = StripeProvider(fake.api_key, api_url=fake.url, retries=0, timeout_seconds=5)
        self.provider = provider or self.stripe
        self.payer = payer or fake.client()
        self.announced: list[tuple[UUID, UUID]] = []
        announce = lambda *told: self.announced.append(told)  # noqa: E731
        self.asking = RefundAsking(pool, self.provider, clock=time)
        self.settlement = Settlement(pool, self.provider, self.asking, clock=time, announce=announce)
        self.payments = PaymentService(pool, self.provider, self.settlement, clock=time)
        self.refunds = RefundService(pool, self.asking, clock=time, announce=announce)
        self.top_ups = TopUpService(pool, self.payments, people, by_hand=by_hand, clock=time)
        self.reconciler = Reconciler(
            pool, self.provider, self.payments, self.settlement, self.asking, log=quiet_log(), clock=time
        )
        self.webhooks = StripeWebhooks(
            pool,
            self.settlement,
            secrets=[fake.webhook_secret],
            livemode=False,
            log=quiet_log(),
            clock=time,
        )

    def another(self, **more: Any) -> Stage:
        return Stage(self.pool, self.fake, self.time, self.opening, self.people, payer=self.payer, **more)

    async def write_tip(
        self, amount: int = 1_000, *, currency: str = "EUR", educator: UUID | None = None
    ) -> Tip:
        """A tip that waits for its payment, as the writer leaves it."""
        made = new_tip(new_id(), educator or new_id(), amount, currency=currency)
        tip = replace(
            made.tip,
            funding=Funding.PAYMENT,
            state=TipState.PENDING,
            platform_fee=platform_fee_of(amount, FEE_BASIS_POINTS),
            create_time=self.time.now,
        )
        await TipRepository(self.pool).add_tip(
            NewTip(tip, made.sender_id, made.request_id, made.request_hash)
        )
        return tip

    async def confirm(self, payment: Payment, card: str = "pm_card_visa") -> None:
        """The payer's own client chooses a card and confirms with Stripe."""
        assert payment.client_secret.startswith(payment.reference)
        await self.payer.v1.payment_intents.confirm_async(payment.reference, {"payment_method": card})

    async def pay(
        self, amount: int = 1_000, *, currency: str = "EUR", educator: UUID | None = None, card: str = ""
    ) -> Tip:
        """A tip that was paid for, of which every webhook was delivered."""
        tip = await self.write_tip(amount, currency=currency, educator=educator)
        await self.confirm(await self.payments.start_tip(tip), card or "pm_card_visa")
        await self.deliver()
        return tip

    async def deliver(self, **how: Any) -> None:
        """Stripe sends what it could not deliver so far, or what it is told to (see FakeStripe.deliver)."""
        if how:
            await self.fake.deliver(self.receive, **how)
            return
        for event in self.fake.events.pending:
            if await self.receive(*self.fake.signed(event)) == 200:
                self.fake.events.settle(event)

    async def receive(self, body: bytes, headers: dict[str, str]) -> int:
        return await self.webhooks.receive(body, headers.get("stripe-signature"))

    async def reconcile(self, hours: int = 6) -> None:
        """Time goes by, and all that becomes due is asked about."""
        end = self.time.now + timedelta(hours=hours)
        for seconds in itertools.chain((20, 20), (90 * 2**n for n in range(12))):
            if self.time.now >= end:
                return
            self.time.now = min(self.time.now + timedelta(seconds=seconds), end)
            await self.reconciler.work()

    async def refund(
        self, tip: Tip, amount: int | None = None, *, request_id: UUID | None = None, by: Caller | None = None
    ) -> Refund:
        money = None if amount is None else Money(tip.amount.currency_code, amount)
        draft = RefundDraft(request_id or uuid4(), repr(money).encode(), tip.tip_id, money, "")
        return await self.refunds.refund_tip(by or caller(tip.educator_id, Role.EDUCATOR), draft)

    async def refund_now(self, refund_id: UUID) -> Refund | None:
        return await RefundRepository(self.pool).get_refund(refund_id)

    async def payment(self, tip: Tip) -> Payment:
        return (await self.payments.get_payments([tip.tip_id]))[tip.tip_id]

    async def tip(self, tip: Tip) -> Tip:
        found = await TipRepository(self.pool).get_tip(tip.tip_id)
        assert found is not None
        return found

    async def balance(self, kind: int, owner: UUID = SCHOOL, currency: str = "EUR") -> int:
        """Of an account; of the school's own, what was added since the stage was set."""
        found = await self.pool.fetchval(
            "select balance from tip.account where kind = $1 and owner_id = $2 and currency = $3",
            kind,
            owner,
            currency,
        )
        return int(found or 0) - (self.opening.get((kind, currency), 0) if owner == SCHOOL else 0)

    async def assert_books_agree(self, *currencies: str) -> None:
        """The ledger is sound, and says of the provider what the provider says, to the cent."""
        assert await faults(self.pool) == []
        for currency in currencies or ("EUR",):
            theirs = from_stripe(currency.lower(), self.fake.platform_balance(currency.lower()))
            assert theirs is not None
            assert -await self.balance(PROVIDER, currency=currency) == theirs.minor_units

    def charge(self) -> Any:
        """The only charge that took money."""
        (found,) = self.fake.charged()
        return found

    async def make_refund_at_stripe(self, tip: Tip, amount: int) -> stripe.Refund:
        """In the dashboard, without any id of ours."""
        payment = await self.payment(tip)
        return await self.payer.v1.refunds.create_async(
            {"payment_intent": payment.reference, "amount": amount}
        )


@asynccontextmanager
async def opened(
    pool: Pool, terms: Terms | None = None, *, wrap: Callable[[Any], Any] | None = None
) -> AsyncIterator[Stage]:
    """A stage with a Stripe of its own, on which nothing has happened."""
    fake = FakeStripe(terms)
    await fake.start()
    # What an earlier test left open is of another Stripe.
    await pool.execute("update tip.payment set ask_time = null where ask_time is not null")
    await pool.execute("update tip.refund set ask_time = null where ask_time is not null")
    rows = await pool.fetch("select kind, currency, balance from tip.account where owner_id = tip.school()")
    opening = {(row["kind"], row["currency"]): row["balance"] for row in rows}
    try:
        yield Stage(pool, fake, Time(), opening, People())
    finally:
        await fake.stop()
