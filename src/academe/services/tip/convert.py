"""Tips between messages and values."""

from __future__ import annotations

import hashlib
from uuid import UUID

from academe.api.tip.v1 import tip_pb2, tip_service_pb2
from academe.api.type.v1 import money_pb2
from academe.errors import AcademeError
from academe.money import Money
from academe.rpc.convert import fingerprint, moment_of, optional_id, timestamp
from academe.services.tip.model import Funding, SentTip, Tip, TipDraft, TipState, TipVisibility

DraftMessage = tip_pb2.TipDraft | tip_service_pb2.SendTipRequest | tip_service_pb2.HoldTipRequest

FUNDINGS = {
    Funding.OUTSIDE: tip_pb2.TIP_FUNDING_UNSPECIFIED,
    Funding.WALLET: tip_pb2.TIP_FUNDING_WALLET,
    Funding.HOLD: tip_pb2.TIP_FUNDING_WALLET,
    Funding.PAYMENT: tip_pb2.TIP_FUNDING_PAYMENT,
}


def draft_of(request: DraftMessage) -> TipDraft:
    """What a request asks for; a visibility that is not set means private, and a funding the wallet."""
    funding, expire_time, request_hash = Funding.WALLET, None, fingerprint(request)
    if isinstance(request, tip_service_pb2.HoldTipRequest):
        funding = Funding.HOLD
        # Otherwise the same fields; and a tip that was only held is no answer to one that is to be given.
        request_hash = hashlib.sha256(b"hold" + request_hash).digest()
        if request.HasField("expire_time"):
            expire_time = moment_of("expire_time", request.expire_time)
    elif (
        isinstance(request, tip_service_pb2.SendTipRequest) and request.funding == tip_pb2.TIP_FUNDING_PAYMENT
    ):
        funding = Funding.PAYMENT
    return TipDraft(
        request_id=UUID(request.request_id),
        request_hash=request_hash,
        educator_id=UUID(request.educator_id),
        amount=money_of(request.amount),
        message=request.message,
        visibility=TipVisibility(request.visibility or TipVisibility.PRIVATE),
        hide_amount=request.hide_amount,
        course_id=optional_id(request.context.course_id),
        lesson_id=optional_id(request.context.lesson_id),
        funding=funding,
        expire_time=expire_time,
    )


def tip_message(tip: Tip, payment: tip_pb2.Payment | None = None) -> tip_pb2.Tip:
    """A tip on the wire; what is None is left empty, and what is zero of the amount is left out."""
    code = tip.amount.currency_code
    return tip_pb2.Tip(
        tip_id=str(tip.tip_id),
        sender_id=str(tip.sender_id or ""),
        educator_id=str(tip.educator_id),
        amount=money_message(tip.amount),
        message=tip.message,
        visibility=tip_pb2.TipVisibility.Name(tip.visibility),
        hide_amount=tip.hide_amount,
        context=_context(tip),
        create_time=timestamp(tip.create_time),
        state=tip_pb2.TipState.Name(tip.state),
        funding=FUNDINGS[tip.funding],
        platform_fee=_part(code, tip.platform_fee),
        payment_fee=_part(code, tip.payment_fee),
        refunded=_part(code, tip.refunded),
        expire_time=timestamp(tip.expire_time) if tip.state in (TipState.HELD, TipState.IN_REVIEW) else None,
        payment=payment,
        recurring_tip_id=str(tip.recurring_tip_id or ""),
    )


def result_message(outcome: SentTip | AcademeError) -> tip_service_pb2.BatchSendTipsResult:
    """What became of one tip of a batch."""
    if isinstance(outcome, SentTip):
        return tip_service_pb2.BatchSendTipsResult(tip_id=str(outcome.tip.tip_id), replayed=outcome.replayed)
    return tip_service_pb2.BatchSendTipsResult(error_reason=outcome.reason, error_message=outcome.message)


def _part(currency_code: str, minor_units: int) -> money_pb2.Money | None:
    return money_pb2.Money(currency_code=currency_code, minor_units=minor_units) if minor_units else None


def _context(tip: Tip) -> tip_pb2.TipContext | None:
    if tip.course_id is None and tip.lesson_id is None:
        return None
    return tip_pb2.TipContext(course_id=str(tip.course_id or ""), lesson_id=str(tip.lesson_id or ""))


def money_message(amount: Money) -> money_pb2.Money:
    return money_pb2.Money(currency_code=amount.currency_code, minor_units=amount.minor_units)


def money_of(message: money_pb2.Money) -> Money:
    return Money(message.currency_code, message.minor_units)
