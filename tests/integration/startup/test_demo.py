"""`academe demo`: the whole school in one command, and the name of the step when something is not right."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from tests.integration.startup.conftest import MakeServer
from tests.support.olx import tar_bytes
from tests.support.ports import free_port
from tests.support.postgres import TestPostgres
from tests.support.process import Ended, ServerProcess

STEPS = 12


@pytest.fixture
def visitor(make_server: MakeServer) -> ServerProcess:
    """The settings of somebody who runs the demo; temporary files are below the folder, to be found."""
    made = make_server("visitor")
    made.environment["TMPDIR"] = str(made.folder)
    return made


async def failed(visitor: ServerProcess, *arguments: str) -> str:
    """What the demo says on stderr when it fails."""
    ended = await visitor.run("demo", *arguments)
    assert ended.code == 1, ended
    assert "Traceback" not in ended.err
    assert ended.err.startswith("demo: ")
    assert "Done in" not in ended.out
    return ended.err.removeprefix("demo: ").rstrip("\n")


STEP = re.compile(r"^ ?\d+\. (?:Educator|Learner|Employer) .* \(\d+\.\d\d s\)$", re.MULTILINE)
TOTALS = re.compile(r"^Done in .* chapters, .* lessons, .* bytes .* calls, p50 .* p99 .*$", re.MULTILINE)


def assert_whole_journey(ended: Ended) -> None:
    assert ended.code == 0, ended
    assert len(STEP.findall(ended.out)) == STEPS, ended
    assert TOTALS.search(ended.out), ended
    assert ended.err == ""


async def test_against_a_running_server(visitor: ServerProcess, running: ServerProcess) -> None:
    """ACADEME_TARGET says where; twice, because the people of the first time are still there."""
    visitor.environment["ACADEME_TARGET"] = running.address

    for _ in range(2):
        assert_whole_journey(await visitor.run("demo"))


async def test_with_a_server_of_its_own(visitor: ServerProcess) -> None:
    """Nothing but the command: its server, PostgreSQL and data are gone afterwards."""
    assert_whole_journey(await visitor.run("demo"))

    assert await visitor.left() == []
    assert list(visitor.folder.iterdir()) == []


@pytest.mark.timeout(300)
async def test_told_to_stop(visitor: ServerProcess) -> None:
    """SIGTERM while its own server starts: that is stopped and removed as well, however long it takes."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "academe", "demo"),
        env=visitor.environment,
        cwd=visitor.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        while not list(visitor.folder.glob("*/data/postgres.log")):
            assert process.returncode is None, await process.communicate()
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(120):
        _, err = await process.communicate()

    assert process.returncode == 128 + signal.SIGTERM
    assert err == b""
    assert await visitor.left() == []
    assert list(visitor.folder.iterdir()) == []


@pytest.fixture
async def closed(make_server: MakeServer, postgres: TestPostgres) -> AsyncIterator[ServerProcess]:
    """A server on which nobody registers as an educator."""
    server = make_server(
        ACADEME_DATABASE_URL=await postgres.create_database(), ACADEME_EDUCATOR_REGISTRATION="closed"
    )
    await server.start()
    yield server
    assert await server.stop() == 0


async def test_the_target_is_not_as_the_demo_needs_it(visitor: ServerProcess, closed: ServerProcess) -> None:
    """The first step fails, and is named with what the server said."""
    told = await failed(visitor, "--target", closed.address)

    assert told.startswith("failed at step 1 (educator registers): PERMISSION_DENIED: ")


async def test_nobody_is_at_the_target(visitor: ServerProcess) -> None:
    told = await failed(visitor, "--target", f"127.0.0.1:{free_port()}")

    assert told.startswith("failed at step 1 (educator registers): UNAVAILABLE: ")


async def test_a_hostile_course(visitor: ServerProcess, running: ServerProcess) -> None:
    """The archive climbs out of its directory: refused whole at the import, with the reason."""
    archive = visitor.folder / "course.tar"
    archive.write_bytes(tar_bytes({"course/../../../etc/cron.d/academe": "* * * * * root true"}))

    told = await failed(visitor, "--target", running.address, "--course", str(archive))

    assert told.startswith("failed at step 2 (educator imports the course): INVALID_ARGUMENT: ")


async def test_a_course_that_is_not_there(visitor: ServerProcess) -> None:
    """No server is started for nothing."""
    told = await failed(visitor, "--course", "/nowhere/course.tar.gz")

    assert told == "cannot read the course /nowhere/course.tar.gz: No such file or directory"


async def test_its_own_server_cannot_start(visitor: ServerProcess) -> None:
    """What that server said is passed on."""
    visitor.environment["ACADEME_MAX_QUEUE"] = "many"

    told = await failed(visitor)

    assert "ACADEME_MAX_QUEUE must be a whole number" in told
    assert await visitor.left() == []
