"""TipService on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.tip.v1.tip_service_pb2_grpc import TipServiceServicer
from academe.rpc.call import current_caller
from academe.services.tip.convert import draft_of, result_message, tip_message
from academe.services.tip.model import TipDirection
from academe.services.tip.service import TipService


class TipHandler(TipServiceServicer):
    """message -> service -> message."""

    def __init__(self, service: TipService) -> None:
        self._tips = service

    async def SendTip(self, request: pb.SendTipRequest, context: Any) -> pb.SendTipResponse:
        sent = await self._tips.send_tip(current_caller(), draft_of(request))
        return pb.SendTipResponse(tip=tip_message(sent.tip), replayed=sent.replayed)

    async def HoldTip(self, request: pb.HoldTipRequest, context: Any) -> pb.SendTipResponse:
        sent = await self._tips.send_tip(current_caller(), draft_of(request))
        return pb.SendTipResponse(tip=tip_message(sent.tip), replayed=sent.replayed)

    async def BatchSendTips(self, request: pb.BatchSendTipsRequest, context: Any) -> pb.BatchSendTipsResponse:
        outcomes = await self._tips.batch_send_tips(
            current_caller(), [draft_of(draft) for draft in request.tips]
        )
        return pb.BatchSendTipsResponse(results=[result_message(outcome) for outcome in outcomes])

    async def GetTip(self, request: pb.GetTipRequest, context: Any) -> tip_pb2.Tip:
        return tip_message(await self._tips.get_tip(current_caller(), UUID(request.tip_id)))

    async def ListTips(self, request: pb.ListTipsRequest, context: Any) -> pb.ListTipsResponse:
        page = await self._tips.list_tips(
            current_caller(),
            TipDirection(request.direction),
            page_size=request.page_size,
            page_token=request.page_token,
        )
        return pb.ListTipsResponse(
            tips=[tip_message(tip) for tip in page.rows], next_page_token=page.next_page_token
        )
