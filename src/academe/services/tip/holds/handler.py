"""The calls about held tips and reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.services.tip.convert import tip_message
from academe.services.tip.holds.service import HoldService


class HoldHandler:
    """message -> service -> message."""

    _holds: HoldService

    async def CaptureTip(self, request: pb.CaptureTipRequest, context: Any) -> tip_pb2.Tip:
        return tip_message(await self._holds.capture_tip(current_caller(), UUID(request.tip_id)))

    async def VoidTip(self, request: pb.VoidTipRequest, context: Any) -> tip_pb2.Tip:
        return tip_message(await self._holds.void_tip(current_caller(), UUID(request.tip_id)))

    async def ListReviews(self, request: pb.ListReviewsRequest, context: Any) -> pb.ListReviewsResponse:
        page = await self._holds.list_reviews(
            current_caller(), page_size=request.page_size, page_token=request.page_token
        )
        return pb.ListReviewsResponse(tips=map(tip_message, page.rows), next_page_token=page.next_page_token)

    async def ReviewTip(self, request: pb.ReviewTipRequest, context: Any) -> tip_pb2.Tip:
        decided = await self._holds.review_tip(
            current_caller(), UUID(request.tip_id), approve=request.approve
        )
        return tip_message(decided)
