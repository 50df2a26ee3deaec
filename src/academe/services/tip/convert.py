"""Tips between messages and values."""

from __future__ import annotations

from uuid import UUID

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1 import money_pb2
from academe.money import Money
from academe.rpc.convert import fingerprint, optional_id, timestamp
from academe.services.tip.model import Tip, TipDraft, TipVisibility


def draft_of(request: pb.SendTipRequest) -> TipDraft:
    """What a request asks for; a visibility that is not set means private."""
    return TipDraft(
        request_id=UUID(request.request_id),
        request_hash=fingerprint(request),
        educator_id=UUID(request.educator_id),
        amount=Money(request.amount.currency_code, request.amount.minor_units),
        message=request.message,
        visibility=TipVisibility(request.visibility or TipVisibility.PRIVATE),
        hide_amount=request.hide_amount,
        course_id=optional_id(request.context.course_id),
        lesson_id=optional_id(request.context.lesson_id),
    )


def tip_message(tip: Tip) -> pb.Tip:
    """A tip on the wire; what is None is left empty."""
    return pb.Tip(
        tip_id=str(tip.tip_id),
        sender_id=str(tip.sender_id or ""),
        educator_id=str(tip.educator_id),
        amount=money_message(tip.amount),
        message=tip.message,
        visibility=pb.TipVisibility.Name(tip.visibility),
        hide_amount=tip.hide_amount,
        context=_context(tip),
        create_time=timestamp(tip.create_time),
    )


def _context(tip: Tip) -> pb.TipContext | None:
    if tip.course_id is None and tip.lesson_id is None:
        return None
    return pb.TipContext(course_id=str(tip.course_id or ""), lesson_id=str(tip.lesson_id or ""))


def money_message(amount: Money) -> money_pb2.Money:
    return money_pb2.Money(currency_code=amount.currency_code, minor_units=amount.minor_units)
