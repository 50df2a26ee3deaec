"""Payments and top-ups between messages and values."""

from __future__ import annotations

from uuid import UUID

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.convert import fingerprint, optional_id
from academe.services.tip.convert import money_message, money_of
from academe.services.tip.payments.model import Payment, TopUp, TopUpDraft, TopUpSource


def payment_message(payment: Payment) -> tip_pb2.Payment:
    return tip_pb2.Payment(
        provider=payment.provider,
        provider_reference=payment.reference,
        client_secret=payment.client_secret,
        state=tip_pb2.PaymentState.Name(payment.state),
        failure=payment.failure,
    )


def top_up_draft_of(request: pb.TopUpWalletRequest, caller_id: UUID) -> TopUpDraft:
    """A wallet that is not named is the caller's, and a source that is not set means by hand."""
    return TopUpDraft(
        request_id=UUID(request.request_id),
        request_hash=fingerprint(request),
        owner_id=optional_id(request.user_id) or caller_id,
        amount=money_of(request.amount),
        source=TopUpSource(request.source or TopUpSource.HAND),
    )


def top_up_message(made: TopUp) -> pb.TopUpWalletResponse:
    return pb.TopUpWalletResponse(
        top_up_id=str(made.top_up_id),
        amount=money_message(made.amount),
        payment=None if made.payment is None else payment_message(made.payment),
        replayed=made.replayed,
    )
