"""The RPCs of payouts as messages: what is asked arrives, and what comes back says all there is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from academe.api.tip.v1 import payout_pb2, statement_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.caller import Caller, Role
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.rpc.call import Call
from academe.services.tip.errors import PayoutNotFound
from academe.services.tip.payouts import PayoutsHandler
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import RETURN_URL, Office
from tests.support.errors import expect_error
from tests.support.ledger import caller
from tests.support.school import School


class Desk(PayoutsHandler):
    """The handler, as whoever is `called` by."""

    def __init__(self, office: Office) -> None:
        self._payouts = office.payouts

    def by(self, who: Caller) -> Desk:
        nothing: Any = SimpleNamespace(invocation_metadata=lambda: ())
        call = Call(nothing, nothing)
        call.caller = who
        call.enter()
        return self


async def test_a_payout_from_the_account_to_its_lines(pool: Pool) -> None:
    """An account, a payout, the same one read and listed, and its line."""
    office = Office(pool, bank := Bank())
    desk, educator = Desk(office), await office.educator(250)
    made = await desk.by(educator).CreatePayoutAccount(
        pb.CreatePayoutAccountRequest(return_url=RETURN_URL), None
    )
    request_id = str(uuid4())
    request = pb.CreatePayoutRequest(request_id=request_id, currency_code="EUR")
    payout = await desk.CreatePayout(request, None)
    got = await desk.GetPayout(pb.GetPayoutRequest(payout_id=payout.payout_id), None)
    listed = await desk.ListPayouts(pb.ListPayoutsRequest(), None)
    lines = await desk.ListPayoutLines(pb.ListPayoutLinesRequest(payout_id=payout.payout_id), None)
    (line,) = lines.lines

    assert made.account == payout_pb2.PayoutAccount(
        provider="bank", provider_reference=bank.accounts[educator.user_id], payouts_enabled=True
    )
    assert made.onboarding_url.startswith("https://bank.example/")
    assert payout.state == payout_pb2.PAYOUT_STATE_PAID
    assert (payout.amount.currency_code, payout.amount.minor_units) == ("EUR", 250)
    assert (payout.educator_id, payout.provider) == (str(educator.user_id), "bank")
    assert payout.provider_reference == f"tr_{UUID(payout.payout_id).hex}"
    assert payout.HasField("create_time")
    assert payout.HasField("settle_time")
    assert got == payout == listed.payouts[0] == await desk.CreatePayout(request, None)
    assert (line.number, line.kind) == (1, statement_pb2.TRANSACTION_KIND_TIP)
    assert line.amount.minor_units == line.balance.minor_units == 250
    assert line.tip_id == line.transaction_id
    assert line.source_id == ""


async def test_what_an_administrator_saw_has_to_be_said(school: School) -> None:
    """Without it, or with a state in which there is nothing to say, the payout is not even looked for."""
    administrator = await school.administrator()
    for state in (0, payout_pb2.PAYOUT_STATE_PAID, payout_pb2.PAYOUT_STATE_FAILED, 9):
        with expect_error(InvalidArgument) as refusal:
            await administrator.tips.SettlePayout(
                pb.SettlePayoutRequest(payout_id=str(uuid4()), paid=True, expected_state=state)
            )
        assert refusal.error is not None
        assert [violation.field for violation in refusal.error.violations] == ["expected_state"]
    for state in (payout_pb2.PAYOUT_STATE_IN_REVIEW, payout_pb2.PAYOUT_STATE_PENDING):
        with expect_error(PayoutNotFound):
            await administrator.tips.SettlePayout(
                pb.SettlePayoutRequest(payout_id=str(uuid4()), paid=True, expected_state=state)
            )


async def test_settled_by_an_administrator(pool: Pool) -> None:
    """Found among those that are pending, and settled with a word to the educator."""
    office = Office(pool)
    desk, educator = Desk(office), await office.educator(250)
    payout = await desk.by(educator).CreatePayout(
        pb.CreatePayoutRequest(request_id=str(uuid4()), currency_code="EUR"), None
    )
    desk.by(caller(new_id(), Role.ADMINISTRATOR))
    pending = await desk.ListPayouts(
        pb.ListPayoutsRequest(state=payout_pb2.PAYOUT_STATE_PENDING, page_size=1), None
    )
    settled = await desk.SettlePayout(
        pb.SettlePayoutRequest(
            payout_id=payout.payout_id,
            paid=False,
            reason="Which bank?",
            expected_state=payout_pb2.PAYOUT_STATE_PENDING,
        ),
        None,
    )

    assert list(pending.payouts) == [payout]
    assert not payout.HasField("settle_time")
    assert (settled.state, settled.reason) == (payout_pb2.PAYOUT_STATE_FAILED, "Which bank?")
