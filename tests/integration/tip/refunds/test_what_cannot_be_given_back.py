"""What the provider cannot give back is refused before it is taken; what cannot be asked has failed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from academe.errors import InvalidArgument
from academe.money import Money
from academe.services.tip.errors import CurrencyUnknown, FundingNotOffered
from academe.services.tip.refunds.model import Refund, RefundState
from academe.services.tip.refunds.service import RefundService
from tests.integration.tip.payments.stage import EDUCATOR, Stage


class Unchecked:
    """A provider that takes every amount, until it is to be given back."""

    def __init__(self, stripe: Any, fault: Exception) -> None:
        self._stripe, self._fault = stripe, fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stripe, name)

    def check_amount(self, amount: Money) -> None:
        pass

    async def create_refund(self, *asked: Any) -> None:
        raise self._fault


async def test_a_part_that_the_provider_cannot_give_back(stage: Stage) -> None:
    """Whole forints only: anything else is refused by name, and nothing is taken."""
    tip = await stage.pay(100_000, currency="HUF")
    held = await stage.balance(EDUCATOR, tip.educator_id, "HUF")
    with pytest.raises(InvalidArgument) as refused:
        await stage.refund(tip, 12_345)
    untouched = await stage.balance(EDUCATOR, tip.educator_id, "HUF")
    whole = await stage.refund(tip, 12_300)

    assert refused.value.message.startswith("amount.minor_units: the payment provider takes HUF in multiples")
    assert untouched == held
    assert whole.state is RefundState.SUCCEEDED
    await stage.assert_books_agree("HUF")


@pytest.mark.parametrize("fault", [CurrencyUnknown(), InvalidArgument.field("amount", "no")])
async def test_one_that_was_written_and_cannot_be_asked(stage: Stage, fault: Exception) -> None:
    """It has failed, the educator has the money again, and what was made at the provider is booked."""
    tip = await stage.pay()
    other = stage.another(provider=Unchecked(stage.stripe, fault))
    refund = await other.refund(tip, 400)
    await stage.make_refund_at_stripe(tip, 100)
    await other.deliver()

    assert refund.state is RefundState.FAILED
    assert (await stage.tip(tip)).refunded == 100
    await stage.assert_books_agree()


async def test_a_provider_that_is_gone(stage: Stage) -> None:
    """What was paid through it is not given back, and nothing is taken; what was asked is answered."""
    tip = await stage.pay()
    made = await stage.refund(tip, 100, request_id=(request_id := uuid4()))
    held = await stage.balance(EDUCATOR, tip.educator_id)
    alone = stage.another()
    alone.refunds = RefundService(stage.pool, None)
    with pytest.raises(FundingNotOffered):
        await alone.refund(tip, 400)
    again: Refund = await alone.refund(tip, 100, request_id=request_id)

    assert again.refund_id == made.refund_id
    assert await stage.balance(EDUCATOR, tip.educator_id) == held
    assert (await stage.tip(tip)).refunded == 100
