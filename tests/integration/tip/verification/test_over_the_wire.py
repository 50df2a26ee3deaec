"""VerifyLedger as an administrator calls it."""

from __future__ import annotations

import grpc
import pytest

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1 import money_pb2
from academe.ids import new_id
from tests.support.school import School


async def test_an_administrator_verifies_the_ledger(school: School) -> None:
    """Check by check, and at the end all of them with the head of the chain."""
    learner, educator = await school.learner(), await school.educator()
    await school.fund(learner)
    for _ in range(3):
        await learner.tips.SendTip(
            pb.SendTipRequest(
                request_id=str(new_id()),
                educator_id=educator.user_id,
                amount=money_pb2.Money(currency_code="EUR", minor_units=500),
            )
        )
    administrator = await school.administrator()
    messages = [m async for m in administrator.tips.VerifyLedger(pb.VerifyLedgerRequest())]

    assert messages[-1].check == "all"
    assert {m.result for m in messages} == {pb.CHECK_RESULT_PASS}
    assert len(messages[-1].head_hash) == 64
    assert next(m for m in messages if m.check == "sender_numbers").examined == 3


async def test_nobody_else_does(school: School) -> None:
    """It reads everything, and takes its time."""
    educator = await school.educator()
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        _ = [m async for m in educator.tips.VerifyLedger(pb.VerifyLedgerRequest())]

    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED
