"""The RPC of top-ups, a part of TipService."""

from __future__ import annotations

from typing import Any

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.services.tip.payments.convert import top_up_draft_of, top_up_message
from academe.services.tip.payments.top_ups import TopUpService


class TopUpsHandler:
    """message -> service -> message; whoever composes it sets `_top_ups`."""

    _top_ups: TopUpService

    async def TopUpWallet(self, request: pb.TopUpWalletRequest, context: Any) -> pb.TopUpWalletResponse:
        caller = current_caller()
        return top_up_message(await self._top_ups.top_up(caller, top_up_draft_of(request, caller.user_id)))
