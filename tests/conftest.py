"""What every test may ask for: a PostgreSQL, a migrated database, a pool, and a whole school.

`postgres` is one server for the run; `database`, `pool` and `school` belong to a module, so that modules
never see each other's rows.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from academe.db.connect import connect
from academe.db.migrate import migrate
from academe.db.pool import Pool
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres

if TYPE_CHECKING:
    from tests.support.school import School

# How long an example takes says more about the machine than about the code.
settings.register_profile("academe", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("academe")


@pytest.fixture(scope="session", autouse=True)
async def grpc_running() -> AsyncIterator[None]:
    """gRPC's own threads live as long as the run, held by a channel that nobody calls.

    Without it they end with the last channel or server of a test and begin anew with the next, hundreds of
    times in a process, which no server does; and an event that is under way while their poller is taken down
    may find its memory freed (grpc/grpc#41264).

    At debug level gRPC says of a server that is freed and was never stopped that it was, in a record that
    points to it. pytest keeps every record, so that the next use of the pointer is a segmentation fault.
    """
    import grpc.aio  # after academe, which has a word to say before

    logging.getLogger("grpc").setLevel(logging.INFO)
    async with grpc.aio.insecure_channel("127.0.0.1:1"):
        yield


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[TestPostgres]:
    server = TestPostgres()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
async def template_database(postgres: TestPostgres) -> str:
    """A migrated database that nobody is connected to, to be copied."""
    dsn = await postgres.create_database()
    connection = await connect(dsn, application_name="tests", statement_timeout_ms=0, command_timeout=None)
    await migrate(connection)
    await connection.close()
    return dsn


@pytest.fixture(scope="module")
async def database(postgres: TestPostgres, template_database: str) -> str:
    """The DSN of a migrated database with nothing in it."""
    return await postgres.create_database(template=template_database)


@pytest.fixture(scope="module")
async def pool(database: str) -> AsyncIterator[Pool]:
    opened = await patient_pool(database, size=8)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def school(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[School]:
    from tests.support.school import School  # the whole server; tests of single parts do without it

    opened = School(database, tmp_path_factory.mktemp("school"))
    await opened.start()
    yield opened
    await opened.stop()
