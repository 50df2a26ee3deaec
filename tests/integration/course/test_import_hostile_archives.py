"""ImportCourse of archives that are hostile, broken or no course: refused whole, by name, nothing stored."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import random
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import grpc
import pytest

from academe.api.course.v1.course_service_pb2 import ImportCourseHeader, ImportCourseRequest
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from tests.support.courses import get_course, import_archive, make_course, olx_archive, tar_gz, upload
from tests.support.errors import expect_error
from tests.support.school import Person, School

BILLION_LAUGHS = (
    b'<!DOCTYPE course [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><course url_name="&b;"/>'
)


def with_entry(change: Callable[[tarfile.TarInfo], None]) -> bytes:
    """A good course with one more entry that is not."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        good = tarfile.open(fileobj=io.BytesIO(olx_archive()))  # noqa: SIM115 - in memory
        for member in good.getmembers():
            archive.addfile(member, good.extractfile(member))
        entry = tarfile.TarInfo("course/extra")
        change(entry)
        archive.addfile(entry)
    return packed.getvalue()


def link(entry: tarfile.TarInfo) -> None:
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "climbing path": (lambda: with_entry(lambda entry: setattr(entry, "name", "../../evil")), "PATH_ESCAPES"),
    "absolute path": (lambda: with_entry(lambda entry: setattr(entry, "name", "/etc/evil")), "PATH_ESCAPES"),
    "link": (lambda: with_entry(link), "LINK_ENTRY"),
    "device": (lambda: with_entry(lambda entry: setattr(entry, "type", tarfile.CHRTYPE)), "DEVICE_ENTRY"),
    "file twice": (
        lambda: with_entry(lambda entry: setattr(entry, "name", "course/course.xml")),
        "DUPLICATE_ENTRY",
    ),
    "bomb": (lambda: gzip.compress(bytes(64 * 1024 * 1024)), "RATIO_TOO_HIGH"),
    "entities": (lambda: tar_gz({"course/course.xml": BILLION_LAUGHS}), "XML_ENTITIES"),
    "half of it": (lambda: olx_archive()[:300], "TRUNCATED"),
    "no archive": (lambda: random.Random(1).randbytes(5_000), "NOT_AN_ARCHIVE"),
    "a zip": (lambda: b"PK\x03\x04" + bytes(100), "NOT_AN_ARCHIVE"),
    "no course": (lambda: tar_gz({"readme.txt": b"Nothing to learn."}), "NO_COURSE"),
    "header alone": (lambda: b"", "NOT_AN_ARCHIVE"),
}


@pytest.fixture(scope="module")
async def educator(school: School) -> Person:
    return await school.educator()


async def rows(pool: Pool) -> dict[str, int]:
    """How many rows every table of the slice has."""
    tables = await pool.fetch("select tablename from pg_tables where schemaname = 'course'")
    assert len(tables) > 8
    return {name: await pool.fetchval(f"select count(*) from course.{name}") for (name,) in tables}


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


async def until(condition: Callable[[], bool], person: Person) -> None:
    """Calls go by until the server, which is told of another call's progress in between, has come so far."""
    for _ in range(500):
        if condition():
            return
        await make_course(person)
    pytest.fail("the server never came so far")


@pytest.mark.parametrize("name", HOSTILE)
async def test_it_is_refused_whole(educator: Person, pool: Pool, name: str) -> None:
    """As a new course and as the draft of one: the reason is told, no table has a row more or less."""
    make, reason = HOSTILE[name]
    course = await make_course(educator)
    before = await rows(pool)
    for course_id in ("", course.course_id):
        with expect_error("ARCHIVE_REFUSED") as refusal:
            await import_archive(educator, make(), course_id)
        assert refusal.error is not None
        assert refusal.error.metadata["archive_reason"] == reason
        assert refusal.error.message
    assert await rows(pool) == before
    assert await get_course(educator, course.course_id) == course


async def test_a_refused_archive_can_be_mended(educator: Person) -> None:
    """The refusal remembers nothing, not even the request."""
    request_id = "01890000-0000-7000-8000-000000000001"
    with expect_error("ARCHIVE_REFUSED"):
        await import_archive(educator, b"PK\x03\x04", request_id=request_id)
    done = await import_archive(educator, olx_archive(title="Mended"), request_id=request_id)

    assert done.course.title == "Mended"


async def test_an_archive_larger_than_the_server_takes(database: str, pool: Pool, tmp_path: Path) -> None:
    """It is refused while it arrives, with the first byte too many."""
    school = School(database, tmp_path, max_import_bytes=1_000_000)
    await school.start()
    educator = await school.educator()
    forever = asyncio.Event()

    async def one_byte_more() -> AsyncIterator[ImportCourseRequest]:
        yield ImportCourseRequest(header=ImportCourseHeader())
        for _ in range(10):
            yield ImportCourseRequest(chunk=bytes(100_000))
        yield ImportCourseRequest(chunk=b"!")
        await forever.wait()  # the stream does not end: the server has to end it

    try:
        before = await rows(pool)
        with expect_error("ARCHIVE_REFUSED") as refusal:
            await educator.courses.ImportCourse(one_byte_more())
        assert refusal.error is not None
        assert refusal.error.metadata["archive_reason"] == "TOO_LARGE"
        assert await rows(pool) == before
    finally:
        await school.stop()


async def test_a_cancelled_upload_leaves_nothing_behind(
    educator: Person, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row, no file in the temporary folder, no open file: as if it had never begun."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await make_course(educator)  # what the first call of a connection opens is open
    before, opened = await rows(pool), open_files()
    sent, forever = asyncio.Event(), asyncio.Event()

    async def stall() -> AsyncIterator[ImportCourseRequest]:
        async for message in upload(ImportCourseHeader(), olx_archive()):
            yield message
        sent.set()
        await forever.wait()

    for _ in range(5):
        sent.clear()
        call = educator.courses.ImportCourse(stall())
        await sent.wait()
        await until(lambda: open_files() > opened, educator)
        assert os.listdir(tmp_path) == []  # not even now: the file has no name
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    await until(lambda: open_files() <= opened, educator)
    made = await rows(pool)

    assert {name: made[name] for name in made if name not in ("course", "educator")} == {
        name: before[name] for name in before if name not in ("course", "educator")
    }
    assert os.listdir(tmp_path) == []


async def test_an_upload_whose_client_is_gone_imports_nothing(
    school: School, educator: Person, pool: Pool
) -> None:
    """A connection that ends in the middle is not an archive that ends there."""
    before = (await rows(pool))["import"]
    channel = grpc.aio.insecure_channel(school.app.grpc_address)
    person = Person(channel, educator.user_id, educator.username, educator.tokens)
    sent, forever = asyncio.Event(), asyncio.Event()

    async def stall() -> AsyncIterator[ImportCourseRequest]:
        # All of a good archive: only the end of the stream is missing.
        async for message in upload(ImportCourseHeader(), olx_archive(title="Gone")):
            yield message
        sent.set()
        await forever.wait()

    call = person.courses.ImportCourse(stall())
    await sent.wait()
    await make_course(person)
    await channel.close()
    with pytest.raises((asyncio.CancelledError, grpc.aio.AioRpcError)):
        await call
    again = await import_archive(educator, olx_archive(title="Gone"))

    assert not again.unchanged
    assert (await rows(pool))["import"] == before + 1


async def test_a_field_rule_holds_inside_the_stream(educator: Person) -> None:
    """Each message is held against the contract, not only the first."""

    async def send() -> AsyncIterator[ImportCourseRequest]:
        yield ImportCourseRequest(header=ImportCourseHeader())
        yield ImportCourseRequest(chunk=bytes(10))
        yield ImportCourseRequest(chunk=bytes(200_000))

    with expect_error(InvalidArgument) as refusal:
        await educator.courses.ImportCourse(send())
    assert refusal.error is not None
    assert refusal.error.violations[0].field == "chunk"
