"""How the server stops: nobody who could still be served is failed, and everybody else is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import grpc.aio
import pygrpc_native.aio

from academe.rpc.admission import Admission

ENDED_SECONDS = 0.5
"""From ending calls to going on without them: for those that clean up before they end."""

FLUSH_SECONDS = 0.1
"""From the last reply to closing the connections: native drops what its own thread has not yet written."""


async def drain(
    server: grpc.aio.Server,
    admission: Admission,
    *,
    delay_seconds: float,
    grace_seconds: float,
    end_health_watches: Callable[[], None],
    hurry: asyncio.Event,
) -> None:
    """Stops without failing a call that could still be served.

    The caller has turned health to NOT_SERVING. For `delay_seconds` everything is still served, so that
    load balancers notice; then open streams are ended, new calls are refused and those in flight get
    `grace_seconds`. `hurry` cuts both times short. Calls that are not done by then end with ShuttingDown.
    """
    hurried = asyncio.create_task(hurry.wait())
    await asyncio.wait((hurried,), timeout=delay_seconds)
    end_health_watches()
    admission.refuse()
    if isinstance(server, pygrpc_native.aio.Server):
        # It closes the connections as soon as it is told to stop and nothing runs, so we wait by ourselves.
        quiet = asyncio.create_task(admission.idle())
    else:
        # It sends its clients elsewhere (GOAWAY) while it waits, and knows what is still being written.
        quiet = asyncio.create_task(server.stop(grace_seconds + 2 * ENDED_SECONDS))
    await asyncio.wait((quiet, hurried), timeout=grace_seconds, return_when=asyncio.FIRST_COMPLETED)
    if not quiet.done():
        admission.end_calls()
        await asyncio.wait((quiet,), timeout=ENDED_SECONDS)
    await asyncio.sleep(FLUSH_SECONDS)
    await server.stop(None)
    hurried.cancel()
    quiet.cancel()
    await asyncio.gather(hurried, quiet, return_exceptions=True)
