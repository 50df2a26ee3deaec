"""Writing lines: soon, whole, in order, and never at the cost of the server."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from academe.logs.stream import BACKLOG_BYTES, BATCH_CHARACTERS, DELAY_SECONDS, LogStream

LINE = "x" * 99 + "\n"


class Pipe:
    """Both ends of a pipe; `read` takes what is there without waiting."""

    def __init__(self) -> None:
        self.reader, writer = os.pipe()
        os.set_blocking(self.reader, False)
        self.file: TextIO = os.fdopen(writer, "w")
        self.open = True

    def read(self) -> str:
        parts = []
        while True:
            try:
                part = os.read(self.reader, 65_536)
            except BlockingIOError:
                break
            if not part:
                break
            parts.append(part)
        return b"".join(parts).decode()

    def close_reader(self) -> None:
        if self.open:
            os.close(self.reader)
            self.open = False


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.close_reader()
    with contextlib.suppress(OSError):  # nobody reads it any more
        made.file.close()


async def test_lines_are_gathered_for_a_moment(pipe: Pipe) -> None:
    """One write carries what was logged within the delay."""
    stream = LogStream(pipe.file)

    stream.write("a\n")
    stream.write("b\n")

    assert pipe.read() == ""
    await asyncio.sleep(DELAY_SECONDS * 2)
    assert pipe.read() == "a\nb\n"


async def test_much_is_written_at_once(pipe: Pipe) -> None:
    """A busy server does not hold megabytes for the length of the delay."""
    stream = LogStream(pipe.file)
    fcntl.fcntl(pipe.file.fileno(), fcntl.F_SETPIPE_SZ, 1024 * 1024)

    for _ in range(BATCH_CHARACTERS // len(LINE) + 1):
        stream.write(LINE)

    assert len(pipe.read()) >= BATCH_CHARACTERS


async def test_a_warning_is_written_at_once_and_after_what_came_before(pipe: Pipe) -> None:
    """What explains a crash must be out before it."""
    stream = LogStream(pipe.file)

    stream.write("first\n")
    stream.write_now("warning\n")

    assert pipe.read() == "first\nwarning\n"


def test_without_an_event_loop_nothing_is_held_back(pipe: Pipe) -> None:
    """Start, migrations and other threads have no later moment to rely on."""
    LogStream(pipe.file).write("now\n")

    assert pipe.read() == "now\n"


def test_an_event_loop_that_ended_does_not_keep_lines(pipe: Pipe) -> None:
    """The delay of a closed loop never ends; the next line takes the forgotten ones along."""
    stream = LogStream(pipe.file)

    async def log_and_leave() -> None:
        stream.write("in the loop\n")

    asyncio.run(log_and_leave())
    stream.write("after\n")

    assert pipe.read() == "in the loop\nafter\n"


async def test_a_reader_that_stalls_does_not_stall_the_server(pipe: Pipe) -> None:
    """A full pipe takes no time, and what it took comes out whole once it is read again."""
    stream = LogStream(pipe.file)
    count = 10_000  # a megabyte into a pipe of 64 KiB
    started = time.perf_counter()

    for number in range(count):
        stream.write(f"{number:099d}\n")

    assert time.perf_counter() - started < 2.0
    text = pipe.read()
    assert 0 < len(text) < 100 * count
    async with asyncio.timeout(20):
        while len(text) < 100 * count:
            await asyncio.sleep(DELAY_SECONDS / 5)
            text += pipe.read()
    assert [int(line) for line in text.splitlines()] == list(range(count))


async def test_a_reader_that_never_reads_costs_bounded_memory(pipe: Pipe) -> None:
    """Beyond the backlog lines are dropped, and the log says how many once it can."""
    stream = LogStream(pipe.file, notice=lambda count: f"dropped {count}\n")
    wanted = (BACKLOG_BYTES + 20 * BATCH_CHARACTERS) // len(LINE)

    for number in range(wanted):
        stream.write(f"{number:099d}\n")
    text = ""
    async with asyncio.timeout(30):
        while "dropped" not in text:
            text += pipe.read()
            await asyncio.sleep(0.001)
            stream.flush()

    *lines, notice = text.splitlines()
    assert notice == f"dropped {wanted - len(lines)}"
    assert len(lines) < wanted
    assert [int(line) for line in lines] == sorted({int(line) for line in lines})


async def test_a_descriptor_that_another_process_made_non_blocking(pipe: Pipe) -> None:
    """EAGAIN means later, as a full pipe does."""
    os.set_blocking(pipe.file.fileno(), False)
    stream = LogStream(pipe.file)

    for _ in range(2_000):
        stream.write(LINE)
    text = ""
    async with asyncio.timeout(10):
        while len(text) < 2_000 * len(LINE):
            text += pipe.read()
            await asyncio.sleep(0.01)

    assert text == LINE * 2_000


async def test_a_reader_that_went_away(pipe: Pipe) -> None:
    """`academe serve | head` goes on serving."""
    stream = LogStream(pipe.file)
    stream.write_now("read\n")
    pipe.close_reader()

    for _ in range(5_000):
        stream.write_now(LINE)

    stream.close()


def test_a_closed_descriptor(tmp_path: Path) -> None:
    """Writing to it is an error that nobody can do anything about."""
    with (tmp_path / "log").open("w") as file:
        stream = LogStream(file)

    stream.write_now(LINE)


def test_a_full_disk() -> None:
    """The log has a gap; the server has not."""
    with open("/dev/full", "w") as full:
        stream = LogStream(full)
        stream.write_now(LINE)
        stream.write_now(LINE)


def test_no_standard_output_at_all() -> None:
    """Python starts with sys.stdout None when its descriptor is closed."""
    LogStream(None).write_now(LINE)


def test_a_file_that_is_only_in_memory() -> None:
    """Tests and tools collect lines without a descriptor."""
    memory = io.StringIO()

    LogStream(memory).write("line\n")

    assert memory.getvalue() == "line\n"


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_lines_of_many_threads_stay_whole(kind: str, pipe: Pipe, tmp_path: Path) -> None:
    """bcrypt's threads and the trace exporter's log too; no line is lost, none is cut by another."""
    path = tmp_path / "log"
    file = pipe.file if kind == "pipe" else path.open("w")
    stream = LogStream(file)
    collected: list[str] = []

    def log(thread: int) -> None:
        for number in range(300):
            stream.write_now(f"{thread}:{number}:{'y' * 400}\n")

    threads = [threading.Thread(target=log, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        collected.append(pipe.read())
    while True:
        stream.flush()
        if not (text := pipe.read()):
            break
        collected.append(text)
    file.close()

    lines = ("".join(collected) if kind == "pipe" else path.read_text()).splitlines()
    assert sorted(lines) == sorted(f"{t}:{n}:{'y' * 400}" for t in range(8) for n in range(300))
    for writer in range(8):
        own = [int(line.split(":")[1]) for line in lines if line.startswith(f"{writer}:")]
        assert own == sorted(own)


def test_a_line_logged_while_another_is_written() -> None:
    """An object's finalizer may log in the middle of a flush; that must not lock up or lose the line."""

    class Finalizing(io.StringIO):
        def write(self, text: str) -> int:
            if "inner" not in text:
                stream.write_now("inner\n")
            return super().write(text)

    file = Finalizing()
    stream = LogStream(file)

    stream.write_now("outer\n")

    assert file.getvalue() == "outer\ninner\n"


PROGRAM = """
import asyncio, sys
from academe.logs import configure_logging
async def main():
    log = configure_logging("json", "info")
    for number in range(3000):
        log.info("line", number=number)
asyncio.run(main())
"""


def test_the_last_lines_before_the_end_of_the_process() -> None:
    """Exit flushes what was gathered."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60, check=True)

    assert done.stdout.count(b"\n") == 3000


def test_a_stalled_reader_does_not_keep_the_process_from_ending() -> None:
    """It waits a second for its last lines, not for ever."""
    program = PROGRAM.replace("3000", "5000")
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        assert child.wait(timeout=30) == 0


def test_started_with_standard_output_closed() -> None:
    """A daemon's first file may get descriptor 1; the log must not end up in it."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, PROGRAM], capture_output=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
