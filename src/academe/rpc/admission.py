"""Room for calls: how many run, how many wait, and who is told at once to come back later."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from academe import errors
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler

STANDARD_STREAMS = 1000
"""Open streams of each standard service (health, reflection), which anybody may open: they have places of
their own, so that nobody without an account can take those of learners."""


class Admission:
    """Lets `in_flight` calls run and `queue` more wait; refuses the rest at once.

    Streams that stay open (WatchProgress, Health.Watch) are counted apart, against `streams`, so that
    watchers never keep short calls out. `exempt` services are always let in: a health check that is
    refused looks like a dead server.
    """

    def __init__(
        self,
        *,
        in_flight: int,
        queue: int,
        streams: int,
        on_shed: Callable[[str], None] = lambda reason: None,
        exempt: frozenset[str] = frozenset({"grpc.health.v1.Health"}),
    ) -> None:
        self._room = in_flight
        self._streams = _Room(streams)
        self._queue_limit = queue
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._on_shed = on_shed
        self._exempt = exempt
        self._open: dict[asyncio.Task[Any], bool] = {}
        """Streams, and whether `refuse` ends them."""
        self._running: set[asyncio.Task[Any]] = set()
        self._ended: set[asyncio.Task[Any]] = set()
        self._ending = False

    @property
    def running(self) -> int:
        """Calls that are being served, streams not counted."""
        return len(self._running)

    def bind(self, method: Method, following: Handler) -> Handler:
        if method.server_streaming:
            if method.service.startswith("grpc."):
                own_room = _Room(STANDARD_STREAMS)
                return self._stream_gate(following, own_room, ended=method.service not in self._exempt)
            return self._stream_gate(following, self._streams, ended=True)
        if method.service in self._exempt:
            return following

        async def admitted(request: Any, call: Call) -> Any:
            if self._ending:
                raise errors.ShuttingDown(retry_after_seconds=1.0)
            if self._room <= 0:
                await self._wait()
            else:
                self._room -= 1
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  # a call always runs in a task
            self._running.add(task)
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                if task not in self._ended:
                    raise
                task.uncancel()
                raise errors.ShuttingDown(retry_after_seconds=1.0) from None
            finally:
                self._running.discard(task)
                self._leave()

        return admitted

    def _stream_gate(self, following: Handler, room: _Room, *, ended: bool) -> Handler:
        """`ended` says that `refuse` ends it; health ends its own watches, and well."""

        async def admitted(request: Any, call: Call) -> Any:
            if self._ending:
                raise errors.ShuttingDown(retry_after_seconds=1.0)
            if room.left <= 0:
                self._on_shed("streams")
                raise errors.Overloaded(retry_after_seconds=1.0)
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  # a call always runs in a task
            room.left -= 1
            self._open[task] = ended
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                if not self._ending:
                    raise
                task.uncancel()
                raise errors.ShuttingDown(retry_after_seconds=1.0) from None
            finally:
                del self._open[task]
                room.left += 1

        return admitted

    def refuse(self) -> None:
        """Answers ShuttingDown from now on, also to every open stream: those would outlast any grace."""
        self._ending = True
        for task, ended in self._open.items():
            if ended:
                task.cancel()

    async def idle(self) -> None:
        """Returns when nothing is being served any more."""
        while serving := self._running | self._open.keys():
            await asyncio.wait(serving)

    def end_calls(self) -> None:
        """Ends every call that is being served or waits with ShuttingDown, for a stop that cannot wait.

        A write that a group commit has taken goes on.
        """
        for turn in self._waiters:
            if not turn.done():
                turn.set_exception(errors.ShuttingDown(retry_after_seconds=1.0))
        self._ended |= self._running
        for task in self._running:
            task.cancel()

    async def _wait(self) -> None:
        if len(self._waiters) >= self._queue_limit:
            self._on_shed("queue")
            raise errors.Overloaded(retry_after_seconds=1.0)
        turn = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was given to a call that no longer wants it
            elif turn in self._waiters:
                self._waiters.remove(turn)
            raise

    def _leave(self) -> None:
        while self._waiters:
            turn = self._waiters.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._room += 1


class _Room:
    """Places for streams of one kind."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left
