"""The ledger does what a plain model says, whatever is asked of it in whatever order.

A few hundred steps each time; `make soak` takes ten thousand, or as many as ACADEME_SOAK_STEPS says.
"""

from __future__ import annotations

import asyncio
import os
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from academe.db.connect import connect
from tests.integration.tip.proof.plain import GIVEN, HELD, WAITING, Parts, RefusedError
from tests.integration.tip.proof.side_by_side import PEOPLE, REQUESTS, SideBySide
from tests.integration.tip.writer.sending import HOLD, PAYMENT, WALLET, Item, send
from tests.support.ledger import fill_wallets
from tests.support.ledger_oracle import SCHOOL, faults
from tests.support.ledger_rows import (
    CAPTURE,
    CHARGE,
    DEBT_REPAID,
    DISPUTE,
    DISPUTE_WON,
    PAYOUT,
    PAYOUT_FAILED,
    PAYOUT_PAID,
    REFUND,
    TOP_UP_TAKEN_BACK,
    VOID,
)

STEPS = int(os.environ.get("ACADEME_SOAK_STEPS", "300"))
STEPS_EACH = 75
PROVIDER = 8

people = st.integers(0, PEOPLE - 1)
currencies = st.sampled_from(["EUR", "JPY"])
amounts = st.integers(1, 1_000) | st.integers(1, 10**12)
percents = st.sampled_from([100, 50, 33, 10, 1, 0, 99, 100, 75, 110])  # of what there is, or a bit more
picks = st.integers(0, 2**16)


class Ledger(SideBySide):
    """Three people who are senders and educators at once."""

    @rule(person=people, currency=currencies, amount=amounts)
    def top_up(self, person: int, currency: str, amount: int) -> None:
        who = self.people[person]
        self.both(
            lambda: self.plain.top_up(who, currency, amount),
            lambda: fill_wallets(self.connection, [who], amount, currency),
        )

    @rule(person=people, currency=currencies, amount=amounts)
    def take_top_up_back(self, person: int, currency: str, amount: int) -> None:
        who = self.people[person]
        self.both(
            lambda: self.plain.take_top_up_back(who, currency, amount),
            lambda: self.move(TOP_UP_TAKEN_BACK, currency, amount, from_owner=who),
        )

    @rule(
        wishes=st.lists(
            st.tuples(
                people,
                st.integers(1, PEOPLE - 1),
                st.integers(0, REQUESTS - 1),
                currencies,
                st.sampled_from([WALLET, HOLD, PAYMENT, PAYMENT]),
                amounts,
                st.integers(0, 100),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def send(self, wishes: list[tuple[int, int, int, str, int, int, int]]) -> None:
        """A batch: overdrafts and requests that come again are among them."""
        items = [
            Item(
                self.people[sender],
                self.people[(sender + offset) % PEOPLE],
                amount=amount,
                fee=amount * percent // 100,
                funding=funding,
                currency=currency,
                request_id=self.requests[request],
            )
            for sender, offset, request, currency, funding, amount, percent in wishes
        ]
        type(self).steps += 1
        expected = self.plain.send(items)
        assert self.loop.run(send(self.connection, items)) == expected

    @precondition(lambda self: self.plain.tips)
    @rule(pick=picks)
    def capture(self, pick: int) -> None:
        tip_id = self.tip(pick, HELD)
        tip = self.plain.tips[tip_id]
        item = tip.item
        owners = {"from_owner": item.sender_id, "to_owner": item.educator_id}
        self.both(
            lambda: self.plain.capture(tip),
            lambda: self.about(tip_id, CAPTURE, item.amount, platform_fee=item.fee, **owners),
        )

    @precondition(lambda self: self.plain.tips)
    @rule(pick=picks)
    def void(self, pick: int) -> None:
        tip_id = self.tip(pick, HELD)
        tip = self.plain.tips[tip_id]
        owners = {"from_owner": tip.item.sender_id, "to_owner": tip.item.sender_id}
        self.both(lambda: self.plain.void(tip), lambda: self.about(tip_id, VOID, tip.item.amount, **owners))

    @precondition(lambda self: self.plain.tips)
    @rule(pick=picks, percent=percents)
    def charge(self, pick: int, percent: int) -> None:
        tip_id = self.tip(pick, WAITING)
        tip = self.plain.tips[tip_id]
        fee = tip.parts.share * percent // 100
        parts = {"platform_fee": tip.item.fee, "payment_fee": fee, "to_owner": tip.item.educator_id}
        self.both(
            lambda: self.plain.charge(tip, fee), lambda: self.about(tip_id, CHARGE, tip.item.amount, **parts)
        )

    @precondition(lambda self: self.plain.tips)
    @rule(pick=picks, share=percents, platform=percents, payment=percents)
    def refund(self, pick: int, share: int, platform: int, payment: int) -> None:
        tip_id = self.tip(pick, GIVEN)
        tip = self.plain.tips[tip_id]
        back = self.some_of(tip.left, share, platform, payment)
        to = {"to_kind": PROVIDER} if tip.item.funding == PAYMENT else {"to_owner": tip.item.sender_id}
        self.both(lambda: self.plain.give_back(tip, back), lambda: self.take_back(tip_id, REFUND, back, **to))

    @precondition(lambda self: self.plain.tips)
    @rule(pick=picks, share=percents, platform=percents, payment=percents, used=percents)
    def dispute(self, pick: int, share: int, platform: int, payment: int, used: int) -> None:
        """What the educator's balance does not give becomes a debt; sometimes it should give too much."""
        paid = [tip_id for tip_id, tip in self.plain.tips.items() if tip.parts.payment and pick % 8]
        tip_id = paid[pick // 8 % len(paid)] if paid else self.tip(pick, GIVEN)
        tip, dispute_id = self.plain.tips[tip_id], uuid4()
        back = self.some_of(tip.left, share, platform, payment)
        there = self.plain.balance[2, tip.item.educator_id, tip.item.currency]
        debt = max(0, back.share - there * used // 100)
        columns = {"source_id": dispute_id, "debt": debt}
        if self.both(
            lambda: self.plain.dispute(tip, dispute_id, back, debt),
            lambda: self.take_back(tip_id, DISPUTE, back, **columns),
        ):
            self.disputes.append((tip_id, dispute_id))

    @precondition(lambda self: self.disputes)
    @rule(pick=picks)
    def win(self, pick: int) -> None:
        """Once; the second time it is refused."""
        tip_id, dispute_id = self.disputes[pick % len(self.disputes)]
        tip = self.plain.tips[tip_id]
        back = tip.disputes.get(dispute_id, (Parts(1), 0))[0]

        def expected() -> None:
            if dispute_id not in tip.disputes:
                raise RefusedError
            self.plain.win(tip, dispute_id)

        self.both(
            expected,
            lambda: self.about(
                tip_id,
                DISPUTE_WON,
                back.total,
                source_id=dispute_id,
                to_owner=tip.item.educator_id,
                platform_fee=back.platform,
                payment_fee=back.payment,
            ),
        )

    @rule(person=people, currency=currencies, percent=percents)
    def pay_out(self, person: int, currency: str, percent: int) -> None:
        who, payout_id = self.people[person], uuid4()
        amount = self.plain.balance[2, who, currency] * percent // 100 or 1
        owners = {"from_owner": who, "to_owner": who, "source_id": payout_id}
        if self.both(
            lambda: self.plain.pay_out(payout_id, who, currency, amount),
            lambda: self.move(PAYOUT, currency, amount, **owners),
        ):
            self.payouts.append((payout_id, who, currency, amount))

    @precondition(lambda self: self.payouts)
    @rule(pick=picks, paid=st.booleans())
    def settle(self, pick: int, paid: bool) -> None:
        """Once, one way or the other."""
        payout_id, who, currency, amount = self.payouts[pick % len(self.payouts)]
        owners = {"from_owner": who, "to_owner": SCHOOL if paid else who, "source_id": payout_id}
        self.both(
            lambda: self.plain.settle(payout_id, paid),
            lambda: self.move(PAYOUT_PAID if paid else PAYOUT_FAILED, currency, amount, **owners),
        )

    @precondition(lambda self: self.debts())
    @rule(pick=picks, percent=percents)
    def repay(self, pick: int, percent: int) -> None:
        debts = self.debts()
        who, currency, owed = debts[pick % len(debts)]
        amount = owed * percent // 100 or 1
        self.both(
            lambda: self.plain.repay(who, currency, amount),
            lambda: self.move(DEBT_REPAID, currency, amount, from_owner=who, to_owner=who),
        )


@pytest.mark.timeout(60 + STEPS // 5)
def test_the_ledger_against_a_plain_model(database: str) -> None:
    """Every step is done or refused by both; afterwards everything is as the model says, and adds up."""
    with asyncio.Runner() as loop:
        connection = loop.run(
            connect(database, application_name="model", statement_timeout_ms=5_000, command_timeout=10)
        )
        here = {"loop": loop, "connection": connection, "dsn": database}
        machine = type("LedgerHere", (Ledger,), here)
        try:
            while machine.steps < STEPS:  # type: ignore[attr-defined]
                missing = STEPS - machine.steps  # type: ignore[attr-defined]
                run_state_machine_as_test(
                    machine,
                    settings=settings(
                        max_examples=2 + missing // STEPS_EACH,  # the first one is as simple as can be
                        stateful_step_count=STEPS_EACH,
                        deadline=None,
                        suppress_health_check=list(HealthCheck),
                    ),
                )
            found = loop.run(faults(connection)) if STEPS <= 1_000 else []
        finally:
            loop.run(connection.close())

    assert found == []
