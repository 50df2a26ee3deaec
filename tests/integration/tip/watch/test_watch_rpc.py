"""WatchTips as messages."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.rpc.call import Call
from academe.services.tip.convert import tip_message
from academe.services.tip.watch import WatchHandler
from tests.integration.tip.watch.station import PATIENCE, Station, educator


async def test_a_stream_that_its_client_leaves(pool: Pool) -> None:
    """Tips from a moment on, as messages; when the stream is closed nobody is watched for any more."""
    station, me = Station(pool), educator()
    nothing: Any = SimpleNamespace(invocation_metadata=lambda: ())
    call = Call(nothing, nothing)
    call.caller = me
    call.enter()
    handler = WatchHandler()
    handler._watch = station.watch
    tips = [await station.give(me, amount) for amount in (1, 2)]
    since = Timestamp()
    since.FromDatetime(datetime(2020, 1, 1, tzinfo=UTC))
    responses: Any = handler.WatchTips(pb.WatchTipsRequest(since=since), None)
    async with asyncio.timeout(PATIENCE), aclosing(responses):
        seen = [await anext(responses), await anext(responses)]
        assert station.changes.watched() == [me.user_id]

    assert [response.tip for response in seen] == [tip_message(tip) for tip in tips]
    assert station.changes.watched() == []
    with pytest.raises(InvalidArgument):
        await anext(aiter(handler.WatchTips(pb.WatchTipsRequest(since=Timestamp(seconds=1 << 50)), None)))
