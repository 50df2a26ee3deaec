"""Replies get lost and processes are killed, at every step: one charge, one refund, one truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.services.tip.errors import ProviderUnavailable
from academe.services.tip.model import TipState
from academe.services.tip.ports import PaymentState
from academe.services.tip.refunds.model import RefundDraft, RefundState
from tests.integration.tip.payments.stage import EDUCATOR, Stage
from tests.support.fake_stripe import Fault
from tests.support.ledger import caller

NOBODY_KNOWS = [
    Fault.REQUEST_LOST,
    Fault.REPLY_LOST,
    Fault.IN_FLIGHT,
    Fault.RATE_LIMITED,
    Fault.FAILED_BEFORE,
    Fault.FAILED_AFTER,
]


@pytest.mark.parametrize("fault", NOBODY_KNOWS, ids=lambda fault: fault.name)
async def test_a_payment_whose_answer_is_lost(stage: Stage, fault: Fault) -> None:
    """It is CREATED until it is certain, is asked about with the same key, and is paid once."""
    stage.fake.faults.add(fault, "POST /v1/payment_intents", times=2)
    tip = await stage.write_tip()
    unknown = await stage.payments.start_tip(tip)
    await stage.reconcile()
    if fault is Fault.FAILED_AFTER:
        # Stripe repeats its own failure under the key for a day; what it made meanwhile told us by a webhook.
        await stage.deliver()
    known = await stage.payment(tip)
    if not known.client_secret:
        known = (await stage.payments.get_payments([tip.tip_id]))[tip.tip_id]
    await stage.confirm(known)
    await stage.deliver()

    assert (unknown.state, unknown.reference) == (PaymentState.CREATED, "")
    assert {request.key for request in stage.fake.requests.of("POST /v1/payment_intents")} == {
        f"payment-{tip.tip_id}"
    }
    assert len(stage.fake.charged()) == 1
    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree()


async def test_a_payment_that_stripe_failed_to_make(stage: Stage) -> None:
    """It says so under the key for a day; when the key is forgotten, the payment is made."""
    stage.fake.faults.add(Fault.FAILED_INSIDE, "POST /v1/payment_intents")
    tip = await stage.write_tip()
    await stage.payments.start_tip(tip)
    await stage.reconcile()
    still = await stage.payment(tip)
    stage.fake.clock.advance(days=1)
    await stage.reconcile()

    assert still.state is PaymentState.CREATED
    assert (await stage.payment(tip)).state is PaymentState.REQUIRES_ACTION
    assert len(stage.fake.all("payment_intent")) == 1


@pytest.mark.parametrize("fault", NOBODY_KNOWS, ids=lambda fault: fault.name)
async def test_a_refund_whose_answer_is_lost(stage: Stage, fault: Fault) -> None:
    """The money is out of the educator's balance meanwhile, and goes back to the payer once."""
    tip = await stage.pay()
    stage.fake.faults.add(fault, "POST /v1/refunds", times=2)
    pending = await stage.refund(tip, 400)
    before = await stage.balance(EDUCATOR, tip.educator_id)
    await stage.reconcile()
    settled = await stage.refunds.refund_tip(
        caller(tip.educator_id, Role.EDUCATOR),
        RefundDraft(pending.refund_id, pending.request_hash, tip.tip_id, pending.amount, ""),
    )

    assert pending.state is RefundState.PENDING
    assert before == 891 - 356
    assert settled.state is RefundState.SUCCEEDED
    assert [refund["amount"] for refund in stage.fake.all("refund")] == [400]
    await stage.assert_books_agree()


async def test_a_refund_whose_key_is_forgotten(stage: Stage) -> None:
    """After more than a day a repeated request would refund again: it is looked for first."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.REPLY_LOST, "POST /v1/refunds")
    await stage.refund(tip, 400)
    stage.fake.clock.advance(days=3)
    stage.time.pass_(days=3)
    await stage.reconciler.work()

    assert [refund["amount"] for refund in stage.fake.all("refund")] == [400]
    await stage.assert_books_agree()


class KilledError(BaseException):
    """The process is gone: nothing below it in the stack is run."""


class Executioner:
    """Kills the process at its nth step, which is a statement, a commit or a request; `steps` counts them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise KilledError

    @property
    def dead(self) -> bool:
        return self.steps >= self.at


class MortalPool:
    """A pool that somebody may be killed before and after every statement of, and around each commit."""

    def __init__(self, pool: Pool, executioner: Executioner) -> None:
        self._pool, self._executioner = pool, executioner

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        return self._mortal(getattr(self._pool, name))

    def _mortal(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def run(*args: Any, **named: Any) -> Any:
            self._executioner.step()
            answer = await call(*args, **named)
            self._executioner.step()
            return answer

        return run

    @asynccontextmanager
    async def transaction(self) -> Any:
        async with self._pool.transaction() as connection:
            yield MortalConnection(connection, self._executioner)
            self._executioner.step()
        self._executioner.step()


class MortalConnection(MortalPool):
    """The same of one connection; a death before the commit is a rollback."""


class MortalProvider:
    """A provider that somebody may be killed before asking, and before they hear the answer."""

    def __init__(self, provider: Any, executioner: Executioner) -> None:
        self._provider, self._executioner = provider, executioner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        if name in {"name", "check_amount"}:
            return found

        async def run(*args: Any, **named: Any) -> Any:
            self._executioner.step()
            answer = await found(*args, **named)
            self._executioner.step()
            return answer

        return run


def mortal(stage: Stage, executioner: Executioner) -> Stage:
    return Stage(
        MortalPool(stage.pool, executioner),  # type: ignore[arg-type]
        stage.fake,
        stage.time,
        stage.opening,
        stage.people,
        payer=stage.payer,
        provider=MortalProvider(stage.stripe, executioner),
    )


async def pay_for(stage: Stage, victim: Stage, tip: Any) -> None:
    """Begins a payment, as a call that is repeated when its server dies; then Stripe's webhooks come."""
    for server in (victim, stage):
        try:
            payment = await server.payments.start_tip(tip)
            break
        except KilledError:
            continue
    if not payment.client_secret:
        await stage.reconcile(hours=1)
        payment = await stage.payment(tip)
    await stage.confirm(payment)
    for server in (victim, stage):
        try:
            await server.deliver()
        except KilledError:
            continue
    await stage.reconcile(hours=1)


async def test_a_process_killed_at_every_step_of_a_payment(stage: Stage) -> None:
    """Whatever it was doing, the others end it: exactly one charge, and both books say the same."""
    deaths = 0
    while True:
        executioner = Executioner(deaths + 1)
        tip = await stage.write_tip()
        await pay_for(stage, mortal(stage, executioner), tip)

        assert [each["amount"] for each in of_tip(stage, "charge", tip)] == [1_000]
        assert len(of_tip(stage, "payment_intent", tip)) == 1
        assert (await stage.tip(tip)).state is TipState.GIVEN
        if not executioner.dead:
            break
        deaths += 1

    assert deaths > 20
    assert len(stage.fake.charged()) == deaths + 1
    await stage.assert_books_agree()


async def test_a_process_killed_at_every_step_of_a_refund(stage: Stage) -> None:
    """The same for giving back: one refund, whether the call is repeated or only the reconciler goes on."""
    deaths = 0
    while True:
        tip = await stage.pay()
        executioner = Executioner(deaths + 1)
        who = caller(tip.educator_id, Role.EDUCATOR)
        first = tip.tip_id  # any UUID of the client's own
        try:
            await mortal(stage, executioner).refund(tip, 500, request_id=first, by=who)
        except KilledError:
            if deaths % 2:
                await stage.refund(tip, 500, request_id=first, by=who)
        await stage.reconcile(hours=1)
        again = await stage.refund(tip, 500, request_id=first, by=who)

        assert again.state is RefundState.SUCCEEDED
        assert (await stage.tip(tip)).refunded == 500
        if not executioner.dead:
            break
        deaths += 1

    assert deaths > 10
    assert [refund["amount"] for refund in stage.fake.all("refund")] == [500] * (deaths + 1)
    await stage.assert_books_agree()


def of_tip(stage: Stage, kind: str, tip: Any) -> list[Any]:
    return [each for each in stage.fake.all(kind) if each["metadata"].get("payment_id") == str(tip.tip_id)]


async def test_two_reconcilers_at_once(stage: Stage) -> None:
    """What one has taken the other leaves alone, and one that died with it holds it for a minute only."""
    stage.fake.faults.add(Fault.REQUEST_LOST, "POST /v1/payment_intents", times=1)
    tip = await stage.write_tip()
    await stage.payments.start_tip(tip)
    stage.time.pass_(seconds=30)
    other = stage.another()
    taken = await stage.reconciler.step(stage.time.now), await other.reconciler.step(stage.time.now)

    assert sorted(taken) == [0, 1]
    assert (await stage.payment(tip)).state is PaymentState.REQUIRES_ACTION


async def test_a_tip_whose_writer_died_before_its_payment(stage: Stage) -> None:
    """Nothing can have been charged: it fails after a while, and a repeated request may still pay for it."""
    tip = await stage.write_tip()
    await stage.reconcile(hours=1)
    failed = await stage.tip(tip)
    await stage.confirm(await stage.payments.start_tip(tip))
    await stage.deliver()

    assert failed.state is TipState.FAILED
    assert (await stage.tip(tip)).state is TipState.GIVEN
    await stage.assert_books_agree()


async def test_what_the_provider_has_not_answered(stage: Stage) -> None:
    """The job says since when the oldest of it waits, for the alarm on standstill."""
    tip = await stage.write_tip()
    stage.fake.faults.add(Fault.FAILED_BEFORE, "*", times=100)
    await stage.payments.start_tip(tip)
    stage.time.pass_(minutes=1)
    left = await stage.reconciler.work()
    stage.fake.faults.clear()
    stage.time.pass_(hours=2)

    assert left == tip.create_time
    assert await stage.reconciler.work() is None


async def test_no_provider_means_no_answer(stage: Stage) -> None:
    """A server that is not there at all is as good as one that does not answer."""
    tip = await stage.write_tip()
    payment = await stage.payments.start_tip(tip)
    await stage.fake.stop()
    with pytest.raises(ProviderUnavailable):
        await stage.provider.get_payment(payment.reference)
    await stage.fake.start()
