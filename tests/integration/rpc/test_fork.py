"""A server that starts other programs while it serves, as it does when PostgreSQL has died."""

from __future__ import annotations

import asyncio
import os
import subprocess

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from tests.support.school import School

CHILDREN = 60


async def test_programs_start_while_calls_are_under_way(school: School) -> None:
    """Every one of them gets to its first line; no call fails."""
    serving = True

    async def call() -> None:
        while serving:
            await school.anonymous.auth.GetSigningKeys(auth_pb.GetSigningKeysRequest())

    callers = [asyncio.create_task(call()) for _ in range(4)]
    codes = []
    for _ in range(CHILDREN):
        # Asked for a user, Python forks as uvloop always does, and gRPC hears of it.
        child = subprocess.Popen(["true"], user=os.getuid())  # noqa: ASYNC220 - the fork is what matters
        await asyncio.sleep(0.002)
        codes.append(child.wait())
    serving = False
    await asyncio.gather(*callers)

    assert codes == [0] * CHILDREN
