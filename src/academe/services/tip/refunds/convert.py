"""Refunds between messages and values."""

from __future__ import annotations

from uuid import UUID

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.convert import fingerprint, timestamp
from academe.services.tip.convert import money_message, money_of
from academe.services.tip.refunds.model import Refund, RefundDraft


def draft_of(request: pb.RefundTipRequest) -> RefundDraft:
    return RefundDraft(
        request_id=UUID(request.request_id),
        request_hash=fingerprint(request),
        tip_id=UUID(request.tip_id),
        amount=money_of(request.amount) if request.HasField("amount") else None,
        reason=request.reason,
    )


def refund_message(refund: Refund) -> tip_pb2.Refund:
    return tip_pb2.Refund(
        refund_id=str(refund.refund_id),
        tip_id=str(refund.tip_id or ""),
        amount=money_message(refund.amount),
        reason=refund.reason,
        state=tip_pb2.RefundState.Name(refund.state),
        create_time=timestamp(refund.create_time),
    )
