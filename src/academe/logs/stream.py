"""Where log lines leave the process: gathered for a moment, written without ever waiting for the reader."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import select
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

DELAY_SECONDS = 0.05
"""How long a line may lie here; at 10,000 calls a second, one write then carries 500 lines."""
BATCH_CHARACTERS = 65_536
"""So many characters are written at once without waiting for the delay: the size of a pipe."""
BACKLOG_BYTES = 4 * 1024 * 1024
"""Kept for a reader that has stalled, about 16,000 lines; what comes after is counted and dropped."""
CLOSE_SECONDS = 1.0
"""How long the process, at its end, waits for a reader that has stalled."""


class LogStream:
    """Writes whole lines to a file, pipe, socket or terminal, from any thread, and never raises.

    `write` gathers lines and writes them soon, on the running event loop; `write_now` writes at once, with
    all that came before. A full pipe blocks nobody: the descriptor is asked before each write, and pipes take
    PIPE_BUF bytes whole once they say they take any. (O_NONBLOCK would be simpler, but it belongs to the
    open file and would reach every other process that shares it.) A reader that has gone away silences the
    stream for good. `notice(count)` is the line that tells how many lines were dropped.
    """

    def __init__(
        self, file: TextIO | None, *, notice: Callable[[int], str] = "{} log lines were dropped\n".format
    ) -> None:
        self._file = file
        self._notice = notice
        self._fd = _descriptor(file)
        self._whole = self._fd is not None and stat.S_ISREG(os.fstat(self._fd).st_mode)
        self._lines: deque[str] = deque()
        self._characters = 0
        self._rest = b""  # what the reader has not taken yet; may begin in the middle of a line
        self._dropped = 0
        self._gone = file is None  # Python starts with sys.stdout None when its descriptor is closed
        self._loop: asyncio.AbstractEventLoop | None = None  # on which a flush is due
        self._flushing = threading.Lock()

    def write(self, line: str) -> None:
        """Takes one line, which ends in a newline."""
        self._lines.append(line)
        self._characters += len(line)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if self._characters >= BATCH_CHARACTERS:
            self.flush()
        elif self._loop is not loop:
            self._loop = loop
            loop.call_later(DELAY_SECONDS, self._flush_due)

    def write_now(self, line: str) -> None:
        self._lines.append(line)
        self.flush()

    def flush(self) -> None:
        """Writes what was gathered, as far as the reader takes it now."""
        # Whoever holds the lock looks for lines again after letting go, so a second writer can leave at once:
        # another thread, or this one, when an object's finalizer logs in the middle of a flush.
        more = True
        while more and self._flushing.acquire(blocking=False):
            try:
                self._write_lines()
            finally:
                self._flushing.release()
            more = bool(self._lines)

    def close(self) -> None:
        """The last flush, at the end of the process; waits a moment for a reader that has stalled."""
        self.flush()
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._rest and self._fd is not None and time.monotonic() < deadline:
            poll = select.poll()
            poll.register(self._fd, select.POLLOUT)
            poll.poll(100)
            self.flush()

    def _flush_due(self) -> None:
        self._loop = None
        self.flush()
        if self._rest:
            self._loop = asyncio.get_running_loop()
            self._loop.call_later(DELAY_SECONDS, self._flush_due)

    def _write_lines(self) -> None:
        lines = []
        while self._lines:
            lines.append(self._lines.popleft())
        self._characters = 0
        if self._gone:
            return
        if len(self._rest) > BACKLOG_BYTES:
            self._dropped += len(lines)
            lines = []
        data = self._rest + "".join(lines).encode("utf-8", "backslashreplace")
        try:
            self._rest = data[self._put(data) :]
            if self._dropped and not self._rest:
                told = self._notice(self._dropped).encode()
                self._dropped = 0
                self._rest = told[self._put(told) :]
        except (OSError, ValueError) as error:  # ValueError: a closed file object
            self._rest = b""
            self._dropped += len(lines)
            # A full disk may have room again; a pipe without reader or a closed file stays as it is.
            self._gone = not isinstance(error, OSError) or error.errno in (errno.EPIPE, errno.EBADF)

    def _put(self, data: bytes) -> int:
        """Writes as much as is taken without waiting, in whole lines where they fit; returns its length."""
        if self._fd is None:
            assert self._file is not None  # noqa: S101  # narrowing: without a file the stream is `_gone`
            self._file.write(data.decode("utf-8"))
            self._file.flush()
            return len(data)
        written = 0
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        while written < len(data):
            if self._whole:
                end = len(data)
            elif not poll.poll(0):
                break
            else:
                end = data.rfind(b"\n", written, written + select.PIPE_BUF) + 1 or written + select.PIPE_BUF
            try:
                written += os.write(self._fd, data[written:end])
            except BlockingIOError:  # somebody else made the descriptor non-blocking, and it is full
                break
        return written


def _descriptor(file: TextIO | None) -> int | None:
    try:
        return None if file is None else file.fileno()
    except (OSError, ValueError, io.UnsupportedOperation):
        return None
