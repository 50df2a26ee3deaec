"""The RPC of refunds, a part of TipService."""

from __future__ import annotations

from typing import Any

from academe.api.tip.v1 import tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.services.tip.refunds.convert import draft_of, refund_message
from academe.services.tip.refunds.service import RefundService


class RefundsHandler:
    """message -> service -> message; whoever composes it sets `_refunds`."""

    _refunds: RefundService

    async def RefundTip(self, request: pb.RefundTipRequest, context: Any) -> tip_pb2.Refund:
        return refund_message(await self._refunds.refund_tip(current_caller(), draft_of(request)))
