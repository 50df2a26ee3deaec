"""Payouts as messages."""

from __future__ import annotations

from academe.api.tip.v1 import payout_pb2, statement_pb2
from academe.rpc.convert import timestamp
from academe.services.tip.convert import money_message
from academe.services.tip.payouts.model import Payout, PayoutAccount, PayoutLine


def payout_message(payout: Payout) -> payout_pb2.Payout:
    return payout_pb2.Payout(
        payout_id=str(payout.payout_id),
        educator_id=str(payout.educator_id),
        amount=money_message(payout.amount),
        state=payout_pb2.PayoutState.Name(payout.state),
        provider=payout.provider,
        provider_reference=payout.provider_reference or "",
        reason=payout.reason,
        create_time=timestamp(payout.create_time),
        settle_time=timestamp(payout.settle_time),
    )


def account_message(account: PayoutAccount) -> payout_pb2.PayoutAccount:
    return payout_pb2.PayoutAccount(
        provider=account.provider,
        provider_reference=account.reference or "",
        payouts_enabled=account.payouts_enabled,
        requirements=account.requirements,
    )


def line_message(line: PayoutLine) -> statement_pb2.StatementLine:
    return statement_pb2.StatementLine(
        number=line.number,
        time=timestamp(line.time),
        kind=statement_pb2.TransactionKind.Name(line.kind),
        amount=money_message(line.amount),
        balance=money_message(line.balance),
        transaction_id=str(line.transaction_id),
        tip_id=str(line.tip_id or ""),
        source_id=str(line.source_id or ""),
    )
