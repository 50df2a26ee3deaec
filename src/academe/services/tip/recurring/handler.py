"""The calls about recurring tips."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.tip.v1 import recurring_tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.services.tip.recurring.convert import recurring_draft_of, recurring_tip_message
from academe.services.tip.recurring.service import RecurringService


class RecurringHandler:
    """message -> service -> message."""

    _recurring: RecurringService

    async def CreateRecurringTip(
        self, request: pb.CreateRecurringTipRequest, context: Any
    ) -> recurring_tip_pb2.RecurringTip:
        created = await self._recurring.create_recurring_tip(current_caller(), recurring_draft_of(request))
        return recurring_tip_message(created)

    async def GetRecurringTip(
        self, request: pb.GetRecurringTipRequest, context: Any
    ) -> recurring_tip_pb2.RecurringTip:
        found = await self._recurring.get_recurring_tip(current_caller(), UUID(request.recurring_tip_id))
        return recurring_tip_message(found)

    async def ListRecurringTips(
        self, request: pb.ListRecurringTipsRequest, context: Any
    ) -> pb.ListRecurringTipsResponse:
        page = await self._recurring.list_recurring_tips(
            current_caller(), page_size=request.page_size, page_token=request.page_token
        )
        return pb.ListRecurringTipsResponse(
            recurring_tips=map(recurring_tip_message, page.rows), next_page_token=page.next_page_token
        )

    async def PauseRecurringTip(
        self, request: pb.PauseRecurringTipRequest, context: Any
    ) -> recurring_tip_pb2.RecurringTip:
        paused = await self._recurring.pause_recurring_tip(current_caller(), UUID(request.recurring_tip_id))
        return recurring_tip_message(paused)

    async def ResumeRecurringTip(
        self, request: pb.ResumeRecurringTipRequest, context: Any
    ) -> recurring_tip_pb2.RecurringTip:
        resumed = await self._recurring.resume_recurring_tip(current_caller(), UUID(request.recurring_tip_id))
        return recurring_tip_message(resumed)

    async def CancelRecurringTip(
        self, request: pb.CancelRecurringTipRequest, context: Any
    ) -> recurring_tip_pb2.RecurringTip:
        canceled = await self._recurring.cancel_recurring_tip(
            current_caller(), UUID(request.recurring_tip_id)
        )
        return recurring_tip_message(canceled)
