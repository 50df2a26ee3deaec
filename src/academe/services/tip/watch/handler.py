"""WatchTips, a part of TipService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.rpc.call import current_caller
from academe.rpc.convert import moment_of
from academe.services.tip.convert import tip_message
from academe.services.tip.watch.service import TipWatch


class WatchHandler:
    """message -> service -> messages; whoever composes it sets `_watch`."""

    _watch: TipWatch

    async def WatchTips(
        self, request: pb.WatchTipsRequest, context: Any
    ) -> AsyncIterator[pb.WatchTipsResponse]:
        since = moment_of("since", request.since) if request.HasField("since") else None
        tips = self._watch.watch_tips(current_caller(), since)
        async with aclosing(tips):  # when the client leaves, nobody watches for it any longer
            async for tip in tips:
                yield pb.WatchTipsResponse(tip=tip_message(tip))
