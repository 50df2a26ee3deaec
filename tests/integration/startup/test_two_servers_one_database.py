"""Two server processes share a database: what is done on one, the other knows within seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from tests.integration.startup.people import get_me, register
from tests.support.courses import list_lessons, make_published_course
from tests.support.enrollments import enroll, update_progress
from tests.support.errors import expect_error
from tests.support.postgres import TestPostgres
from tests.support.process import ServerProcess
from tests.support.school import Person

SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

LOGOUT_SECONDS = 5.0
"""After which no server takes the token of a session that ended anywhere (AuthService.Logout)."""

PROGRESS_SECONDS = 1.0 + 1.5
"""Between two looks at what others have changed, and some for a machine that is busy with other tests."""

Record = Callable[[str, object], None]
Pair = tuple[ServerProcess, ServerProcess]


@pytest.fixture(scope="module")
async def new_database(postgres: TestPostgres) -> str:
    return await postgres.create_database()


@pytest.fixture(scope="module")
async def pair(new_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """Both start at the same time, on a database without a table."""
    settings = {"ACADEME_DATABASE_URL": new_database, "ACADEME_SECRET_KEY": SECRET}
    one, other = (ServerProcess(tmp_path_factory.mktemp("server"), **settings) for _ in range(2))
    await asyncio.gather(one.start(), other.start())
    yield one, other
    assert await asyncio.gather(one.stop(), other.stop()) == [0, 0]


async def test_both_have_made_one_school(pair: Pair, new_database: str) -> None:
    """One of them migrated, one made the administrator and the key; each token is good on both."""
    connection = await asyncpg.connect(new_database)
    accounts = await connection.fetchval("select count(*) from account.account")
    keys = await connection.fetchval("select count(*) from auth.signing_key")
    await connection.close()

    assert (accounts, keys) == (1, 1)
    async with pair[0].channel() as here, pair[1].channel() as there:
        ada = await register(here, "ada")
        assert (await get_me(Person(there, ada.user_id, "ada", ada.tokens))).username == "ada"


async def test_signing_out_on_one_ends_the_session_on_the_other(pair: Pair, record_property: Record) -> None:
    """The other one remembers the token from a moment ago, and refuses it within five seconds."""
    async with pair[0].channel() as here, pair[1].channel() as there:
        blaise = await register(here, "blaise")
        elsewhere = Person(there, blaise.user_id, "blaise", blaise.tokens)
        await get_me(elsewhere)

        await blaise.auth.Logout(auth_pb.LogoutRequest())
        left = time.monotonic()
        with expect_error("SESSION_ENDED"):
            while time.monotonic() < left + 2 * LOGOUT_SECONDS:
                await get_me(elsewhere)
                await asyncio.sleep(0.02)
        seconds = time.monotonic() - left

        record_property("logout_seconds", round(seconds, 2))
        assert seconds < LOGOUT_SECONDS


async def test_progress_on_one_is_watched_on_the_other(pair: Pair, record_property: Record) -> None:
    """A lesson done at the desk shows on the phone, whichever server either is connected to."""
    async with pair[0].channel() as here, pair[1].channel() as there:
        edda = await register(here, "edda", educator=True)
        course = await make_published_course(edda, lessons=("Sheet bend", "Bowline"))
        lessons = await list_lessons(edda, course.course_id)
        lea = await register(here, "lea")
        enrollment = await enroll(lea, course.course_id)
        phone = Person(there, lea.user_id, "lea", lea.tokens)
        watching = phone.enrollments.WatchProgress(
            enrollment_pb.WatchProgressRequest(enrollment_id=enrollment.enrollment_id), timeout=30
        )
        assert (await watching.read()).progress.summary.completed_lessons == 0

        await update_progress(lea, enrollment.enrollment_id, lessons[0].lesson_id)
        done = time.monotonic()
        heard = await watching.read()
        seconds = time.monotonic() - done
        watching.cancel()

        record_property("progress_seconds", round(seconds, 2))
        assert heard.progress.summary.completed_lessons == 1
        assert seconds < PROGRESS_SECONDS
