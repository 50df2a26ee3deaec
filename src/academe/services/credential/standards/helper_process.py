"""A process of our own that does one thing at a time for this one, and how it ended if it did.

The pools of concurrent.futures say that a process ended, not how. Here it matters: one that hit its own limit
says something about what it was given; one that was killed, or never came up, says nothing.
"""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

CLOSE_SECONDS = 5.0
"""For a process that is told to go; one that has not gone by then is killed."""


class ProcessEnded(Exception):
    """The process ended before it answered, was ended because it did not answer, or could not be started.

    `signal` is the number of the signal that ended it, None if none did.
    """

    def __init__(self, told: str, signal: int | None = None) -> None:
        super().__init__(told)
        self.signal = signal


class HelperProcess:
    """Every method blocks, and all are for one thread."""

    def __init__(self, prepare: Callable[[], None]) -> None:
        """Starts it; it calls `prepare` first of all. Raises ProcessEnded when the system makes no more
        processes."""
        context = multiprocessing.get_context("spawn")
        self._line, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(far_end, prepare), daemon=True)
        try:
            self._process.start()
        except OSError as error:
            self._line.close()
            raise ProcessEnded(f"no process can be started: {error}") from error
        finally:
            far_end.close()  # the process has its own; so the line ends when the process does

    @property
    def process_id(self) -> int | None:
        return self._process.pid

    def ask(self, work: Callable[[Any], Any], given: Any, *, seconds: float) -> Any:
        """What `work(given)` returns there.

        Raises ProcessEnded, also when there is no answer in time, after which nothing can be asked any more;
        and RuntimeError, with the whole story, when `work` raised something.
        """
        try:
            self._line.send((work, given))
            answered = self._line.poll(seconds)
            done, answer = self._line.recv() if answered else (False, None)
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if not answered:
            raise self._ended()
        if not done:
            raise RuntimeError(answer)
        return answer

    def close(self) -> None:
        """Ends it, at once when it has nothing to do."""
        self._line.close()  # which it sees
        self._process.join(CLOSE_SECONDS)
        self._process.kill()
        self._process.join()

    def _ended(self) -> ProcessEnded:
        self._line.close()
        self._process.kill()  # nothing to one that has ended: it keeps the signal that it had
        self._process.join()
        code = self._process.exitcode or 0
        return ProcessEnded(f"the process ended with {code}", -code if code < 0 else None)


def _serve(line: Connection[Any, Any], prepare: Callable[[], None]) -> None:
    """In the process, until the line ends."""
    prepare()
    while True:
        try:
            work, given = line.recv()
        except EOFError:
            return
        line.send(_outcome(work, given))


def _outcome(work: Callable[[Any], Any], given: Any) -> tuple[bool, Any]:
    """Of a failure its story, because not every exception can travel."""
    try:
        return True, work(given)
    except Exception:
        return False, traceback.format_exc()
