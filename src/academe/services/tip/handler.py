"""TipService on the wire: the calls about tips, and those of every part of the slice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.tip.v1.tip_service_pb2_grpc import TipServiceServicer
from academe.rpc.call import current_caller
from academe.services.tip.convert import DraftMessage, draft_of, result_message, tip_message
from academe.services.tip.holds.handler import HoldHandler
from academe.services.tip.model import Tip, TipDirection
from academe.services.tip.parts import TipParts
from academe.services.tip.payments.convert import payment_message
from academe.services.tip.payments.handler import TopUpsHandler
from academe.services.tip.payouts import PayoutsHandler
from academe.services.tip.recurring.handler import RecurringHandler
from academe.services.tip.refunds.handler import RefundsHandler
from academe.services.tip.reports.handler import ReportsHandler
from academe.services.tip.statements.handler import StatementsHandler
from academe.services.tip.verification import VerificationHandler
from academe.services.tip.watch import WatchHandler


class TipHandler(
    HoldHandler,
    RecurringHandler,
    TopUpsHandler,
    RefundsHandler,
    PayoutsHandler,
    StatementsHandler,
    ReportsHandler,
    WatchHandler,
    VerificationHandler,
    TipServiceServicer,
):
    """message -> service -> message."""

    def __init__(self, parts: TipParts) -> None:
        self._tips = parts.tips
        self._holds = parts.holds
        self._recurring = parts.recurring
        self._top_ups = parts.top_ups
        self._refunds = parts.refunds
        self._payouts = parts.payouts
        self._statements = parts.statements
        self._reports = parts.reports
        self._school_reports = parts.school_reports
        self._watch = parts.watch
        self._verification = parts.verification

    async def SendTip(self, request: pb.SendTipRequest, context: Any) -> pb.SendTipResponse:
        return await self._send(request)

    async def HoldTip(self, request: pb.HoldTipRequest, context: Any) -> pb.SendTipResponse:
        return await self._send(request)

    async def _send(self, request: DraftMessage) -> pb.SendTipResponse:
        sent = await self._tips.send_tip(current_caller(), draft_of(request))
        (message,) = await self._messages([sent.tip])
        return pb.SendTipResponse(tip=message, replayed=sent.replayed)

    async def BatchSendTips(self, request: pb.BatchSendTipsRequest, context: Any) -> pb.BatchSendTipsResponse:
        outcomes = await self._tips.batch_send_tips(
            current_caller(), [draft_of(draft) for draft in request.tips]
        )
        return pb.BatchSendTipsResponse(results=[result_message(outcome) for outcome in outcomes])

    async def GetTip(self, request: pb.GetTipRequest, context: Any) -> tip_pb2.Tip:
        tip = await self._tips.get_tip(current_caller(), UUID(request.tip_id))
        (message,) = await self._messages([tip])
        return message

    async def ListTips(self, request: pb.ListTipsRequest, context: Any) -> pb.ListTipsResponse:
        page = await self._tips.list_tips(
            current_caller(),
            TipDirection(request.direction),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        tips = await self._messages(page.rows)
        return pb.ListTipsResponse(tips=tips, next_page_token=page.next_page_token)

    async def _messages(self, tips: list[Tip] | Any) -> list[tip_pb2.Tip]:
        """Tips with their payments, which only the sender sees."""
        payments = await self._tips.get_payments(current_caller(), tips)
        if not payments:
            return [tip_message(tip) for tip in tips]
        known = {tip_id: payment_message(payment) for tip_id, payment in payments.items()}
        return [tip_message(tip, known.get(tip.tip_id)) for tip in tips]
