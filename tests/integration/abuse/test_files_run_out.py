"""Every connection is a file of the server's process, and a process may have only so many."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import psutil
import pytest

from tests.integration.abuse.wire import PREFACE, Wire
from tests.support.pipeline_server import ENGINE
from tests.support.process import ServerProcess

FILES_LEFT = 60
CONNECTIONS = 3 * FILES_LEFT
ATTEMPTS = 40
ATTEMPT_SECONDS = 0.25


@pytest.fixture
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    started = ServerProcess(tmp_path_factory.mktemp("crowded"), ACADEME_GRPC_ENGINE=ENGINE)
    await started.start()
    yield started
    assert await started.stop() == 0


def test_a_crowd_that_leaves_is_forgotten(server: ServerProcess) -> None:
    """While no file is left nobody gets in, at no cost; when the crowd has gone, everything is as before."""
    assert server.process is not None
    process = psutil.Process(server.process.pid)
    allowed = process.num_fds() + FILES_LEFT
    process.rlimit(psutil.RLIMIT_NOFILE, (allowed, allowed))

    crowd = [Wire(server.address, greet=False) for _ in range(CONNECTIONS)]
    for wire in crowd:
        wire.send(PREFACE)
    before = sum(process.cpu_times()[:2])
    crowd[0].wait_closed(1.0)
    assert sum(process.cpu_times()[:2]) - before < 0.5, "a full server does not spin"

    for wire in crowd:
        wire.socket.close()
    assert any(answered(server.address) for _ in range(ATTEMPTS)), "the crowd is not forgotten"


def answered(address: str) -> bool:
    """Whether a newcomer's call is answered; the server may still be closing what the crowd left."""
    try:
        with Wire(address) as late:
            late.send(late.call(1))
            if late.status(1) == "0":
                return True
    except OSError:
        pass
    time.sleep(ATTEMPT_SECONDS)
    return False
