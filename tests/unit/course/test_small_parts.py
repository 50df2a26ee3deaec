"""The slice's small parts: the cache, the pages, the turns, the spool, the hash of a revision."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.errors import StorageFull
from academe.ids import new_id
from academe.pagination import PageRequest
from academe.services.course.errors import ArchiveRefused
from academe.services.course.imports.spool import Spool
from academe.services.course.lessons.blocks import Block, Html, content_of
from academe.services.course.lru import Lru
from academe.services.course.pages import PAGE_CHARS, bounded_page
from academe.services.course.revisions.model import tree_hash
from academe.services.course.served import Served
from academe.services.course.turns import Turns


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 7))), st.integers(0, 12))
def test_a_cache_holds_the_latest_that_fit(puts: list[tuple[str, int]], room: int) -> None:
    """Compared with a list of what was put, the latest last."""
    cache: Lru[str, int] = Lru(room)
    kept: list[tuple[str, int]] = []
    for key, weight in puts:
        cache.put(key, weight, weight)
        if weight <= room:
            kept = [(other, size) for other, size in kept if other != key] + [(key, weight)]
        while sum(size for _, size in kept) > room:
            kept.pop(0)

    assert {key: cache.get(key) for key in "abcdef"} == {key: dict(kept).get(key) for key in "abcdef"}


def test_a_cache_forgets_what_was_not_used_for_longest() -> None:
    """Using counts, not only putting."""
    cache: Lru[str, str] = Lru(2)
    cache.put("a", "a", 1)
    cache.put("b", "b", 1)
    cache.get("a")
    cache.put("c", "c", 1)

    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("a", None, "c")


async def test_what_is_served_is_remembered_by_what_it_weighs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short source that sanitising makes long does not stand for as many as are short."""
    monkeypatch.setattr("academe.services.course.served.BLOCKS_BYTES", 1_000_000)
    monkeypatch.setattr("academe.services.course.served.TEXTS_BYTES", 1_000_000)
    remembered = Served()
    for number in range(30):
        source = "\N{GRINNING FACE}" + "&" * 20_000 + str(number)
        content = content_of([Block(new_id(), "", Html(source))])
        await remembered.blocks(content.content_hash, content.body)
        await remembered.text(source)

    # Of 100,000 characters four bytes wide, two fit.
    assert len(remembered._blocks._values) == 2
    assert len(remembered._texts._values) == 2


@given(
    st.lists(st.sampled_from([0, 1, PAGE_CHARS // 3, PAGE_CHARS, 2 * PAGE_CHARS]), max_size=12),
    st.integers(1, 5),
)
def test_a_walk_through_bounded_pages_meets_every_row_once(sizes: list[int], page_size: int) -> None:
    """Every page holds something, and no more than fits unless a row alone does not."""
    rows = list(enumerate(sizes))
    walked: list[tuple[int, int]] = []
    while True:
        request = PageRequest(page_size, None, "f")
        fetched: Sequence[tuple[int, int]] = rows[len(walked) : len(walked) + request.limit]
        page = bounded_page(fetched, request, key=lambda row: (row[0],), chars=lambda row: row[1])
        walked += page.rows
        assert len(page.rows) <= page_size
        assert len(page.rows) <= 1 or sum(size for _, size in page.rows) <= PAGE_CHARS
        if not page.next_page_token:
            break
        assert page.rows

    assert walked == rows


async def test_turns_are_one_at_a_time_for_each_key() -> None:
    """In the order of coming; other keys do not wait; nothing is kept of turns that are over."""
    turns, inside, order = Turns(), 0, list[int]()

    async def take(key: str, number: int) -> None:
        nonlocal inside
        async with turns.of(key):
            inside += key == "a"
            assert inside <= 1 or key != "a"
            for _ in range(3):
                await asyncio.sleep(0)
            order.append(number)
            inside -= key == "a"

    await asyncio.gather(*(take("a", number) for number in range(10)), take("b", 99))

    assert [number for number in order if number != 99] == list(range(10))
    assert order.index(99) < 3
    assert turns._locks == {}
    assert turns._users == {}


async def test_who_is_cancelled_while_waiting_does_not_keep_the_turn() -> None:
    """Nor does who fails inside."""
    turns = Turns()

    async def fail() -> None:
        async with turns.of("a"):
            await asyncio.sleep(0)
            raise ValueError

    async def wait() -> None:
        async with turns.of("a"):
            pass

    failing, cancelled, last = (asyncio.create_task(work()) for work in (fail, wait, wait))
    await asyncio.sleep(0)
    cancelled.cancel()
    results = await asyncio.gather(failing, cancelled, last, return_exceptions=True)

    assert [type(result) for result in results] == [ValueError, asyncio.CancelledError, type(None)]
    assert turns._locks == {}


@given(st.lists(st.binary(min_size=1, max_size=50)))
def test_a_spool_holds_what_was_written(pieces: list[bytes]) -> None:
    """To the byte, from the beginning, for whoever opens its path."""
    spool = Spool(10_000)
    try:
        for piece in pieces:
            spool.write(piece)
        whole = b"".join(pieces)

        assert spool.archive().size == len(whole)
        assert spool.archive().sha256 == hashlib.sha256(whole).digest()
        assert spool.path.read_bytes() == whole
        assert spool.path.stat().st_size == len(whole)
    finally:
        spool.close()


def test_a_spool_takes_no_byte_more_than_it_may(tmp_path: Path) -> None:
    """Its limit is the server's; the folder never has a file that another could open."""
    spool = Spool(10, tmp_path)
    spool.write(bytes(10))

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ArchiveRefused) as refusal:
        spool.write(b"!")
    assert refusal.value.metadata["archive_reason"] == "TOO_LARGE"
    spool.close()


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As RESOURCE_EXHAUSTED, not as a fault of ours."""
    full = open("/dev/full", "wb", buffering=0)  # noqa: SIM115 - closed by the spool
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full)
    roomy = SimpleNamespace(f_frsize=4096, f_blocks=1 << 30, f_bavail=1 << 29)
    monkeypatch.setattr("os.fstatvfs", lambda _: roomy)  # as it may say, a moment before the write
    spool = Spool(10_000)

    with pytest.raises(StorageFull):
        spool.write(b"piece")
    spool.close()


@pytest.mark.parametrize(
    ("disk_bytes", "free_bytes", "fits"),
    [
        (1 << 40, (1 << 30) + 4096, True),
        (1 << 40, (1 << 30) + 4095, False),
        (10 << 20, (1 << 20) + 4096, True),
        (10 << 20, (1 << 20) + 4095, False),
        (0, 4095, False),
    ],
    ids=["room", "a byte less", "room on a small disk", "a byte less on it", "unknown disk"],
)
def test_uploads_leave_a_reserve_on_their_disk(
    monkeypatch: pytest.MonkeyPatch, disk_bytes: int, free_bytes: int, fits: bool
) -> None:
    """A gibibyte, or a tenth of a small disk: the database may be on the same one."""
    disk = SimpleNamespace(f_frsize=1, f_blocks=disk_bytes, f_bavail=free_bytes)
    monkeypatch.setattr("os.fstatvfs", lambda _: disk)
    spool = Spool(10_000)

    with nullcontext() if fits else pytest.raises(StorageFull):
        spool.write(bytes(4096))
    spool.close()


IDS = [new_id() for _ in range(3)]
COURSE = ("Knots", "All.", "en")
MODULE = (IDS[0], "Bends", "Two ropes.")
LESSON = (IDS[1], IDS[0], "Sheet bend", "", False, b"hash")


def test_the_hash_of_a_revision_is_of_all_that_a_learner_sees() -> None:
    """Any field that changes, changes it; so do order and what stands in which field."""
    hashes = [
        tree_hash(COURSE, [MODULE], [LESSON]),
        tree_hash(("Knots", "All.", "de"), [MODULE], [LESSON]),
        tree_hash(("KnotsAll.", "", "en"), [MODULE], [LESSON]),
        tree_hash(COURSE, [], [LESSON]),
        tree_hash(COURSE, [(IDS[0], "Bends", "")], [LESSON]),
        tree_hash(COURSE, [MODULE], []),
        tree_hash(COURSE, [MODULE], [(*LESSON[:4], True, b"hash")]),
        tree_hash(COURSE, [MODULE], [(*LESSON[:5], b"other")]),
        tree_hash(COURSE, [MODULE], [LESSON, (IDS[2], *LESSON[1:])]),
        tree_hash(COURSE, [MODULE], [(IDS[2], *LESSON[1:]), LESSON]),
    ]

    assert len(set(hashes)) == len(hashes)
    assert tree_hash(list(COURSE), (MODULE,), (list(LESSON),)) == hashes[0]
