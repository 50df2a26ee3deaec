"""Canonicalising in another process, so that the event loop never waits for it.

A document costs some milliseconds, a hostile one as much as its limits allow. The process is given documents
and gives back the bytes to sign or to check; keys never leave the server. The first job starts it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from academe.errors import Overloaded, ShuttingDown, WorkerUnavailable
from academe.services.credential.standards import data_integrity, guard
from academe.services.credential.standards.data_integrity import Proof
from academe.services.credential.standards.errors import Refused, TooComplex
from academe.services.credential.standards.helper_process import HelperProcess, ProcessEnded
from academe.services.credential.standards.multikey import PublicKey

BATCH = 16
"""Documents of one job, some 40 ms. Jobs take turns, so that thousands hold nobody up for long."""

CPU_SECONDS = 5.0
"""For one document; the process ends itself beyond it. The guard's limits allow a fiftieth of it."""

WALL_SECONDS = 30.0
"""For one job. It is the machine that is slow then, or stands still, and not a document."""

STRANGERS = 2
"""Documents of strangers that wait for the process or are in it; the others wait outside. So whoever issues
or opens a page is behind these few, however many are sent."""

STRANGERS_WAITING = 32
"""Outside, at a tenth of a second each at worst. More are turned away, because while they wait they keep
places of the server that others need for something else."""

RETRY_SECONDS = 1.0
"""After which it may be worth asking again: processes are killed or cannot be started, or too many wait."""

NICENESS = 5
"""Whoever calls the server goes first; issuing in bulk takes what is left."""

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
Options = dict[str, Any]
Document = dict[str, Any]


class Workers:
    """One process, for as long as the server lives; another takes its place when it ended.

    Everything raises WorkerUnavailable when processes are killed or cannot be started, which is no fault of
    the document that was being read. What strangers sent raises Overloaded when too many of them wait.
    """

    def __init__(self) -> None:
        self._process: HelperProcess | None = None
        self._thread = ThreadPoolExecutor(1, "canonicalise")  # waits for the process
        self._turn = asyncio.Lock()  # one job at a time, so that it is known whose job ended the process
        self._strangers = asyncio.Semaphore(STRANGERS)
        self._strangers_waiting = 0
        self._closed = False

    async def start(self) -> None:
        """Starts the process, so that the first caller does not wait for it."""
        await self._run(_check, {})

    async def signing_inputs(self, jobs: Sequence[tuple[Document, Options]]) -> list[bytes | Refused]:
        """For each document with its proof options the 64 bytes to sign, or why not, in the same order."""
        made: list[bytes | Refused] = []
        for start in range(0, len(jobs), BATCH):
            batch = jobs[start : start + BATCH]
            try:
                made += await self._run(_signing_inputs, batch)
            except TooComplex as refused:
                made += [refused] if len(batch) == 1 else await self._one_by_one(batch)
        return made

    async def check(self, document: Document) -> Refused | None:
        """What the guard says of a document; None when it has one canonical form, and that covers it all."""
        return await self._run(_check, document)

    async def proofs_to_check(self, document: Document, *, strange: bool = True) -> list[tuple[Proof, bytes]]:
        """Each proof of a document with the bytes that it must be a signature of; `strange` is what somebody
        sent. Raises Refused."""
        run = self._run_strange if strange else self._run
        found = await run(_proofs_to_check, document)
        if isinstance(found, Refused):
            raise found
        return found

    async def verify(
        self, document: Document, find_key: Callable[[str], Awaitable[PublicKey]]
    ) -> list[Proof]:
        """The proofs of a document, all of which hold. Raises Refused, and what `find_key` raises.

        `find_key` gets a verification method, and is the one to know whether the issuer may sign with it.
        """
        checked = await self.proofs_to_check(document)
        for proof, message in checked:
            data_integrity.check_signature(proof, message, await find_key(proof.method))
        return [proof for proof, _ in checked]

    async def close(self) -> None:
        """Ends the process once its job is done."""
        self._closed = True
        async with self._turn:
            process, self._process = self._process, None
            if process is not None:
                await asyncio.get_running_loop().run_in_executor(self._thread, process.close)
        self._thread.shutdown()

    async def _one_by_one(self, jobs: Sequence[tuple[Document, Options]]) -> list[bytes | Refused]:
        made: list[bytes | Refused] = []
        for job in jobs:
            made += await self.signing_inputs([job])
        return made

    async def _run(self, work: Callable[[_Given], _Made], given: _Given) -> _Made:
        """Raises TooComplex when the process ended itself over it."""
        return await asyncio.shield(self._begun(work, given))

    async def _run_strange(self, work: Callable[[_Given], _Made], given: _Given) -> _Made:
        """The same. Who waits outside and gives up leaves nothing behind; a job that is in the queue is done,
        and keeps its place until then, for whomever."""
        if self._strangers_waiting >= STRANGERS_WAITING:
            raise Overloaded(retry_after_seconds=RETRY_SECONDS)
        self._strangers_waiting += 1
        try:
            await self._strangers.acquire()
        finally:
            self._strangers_waiting -= 1
        job = self._begun(work, given)
        job.add_done_callback(lambda _: self._strangers.release())
        return await asyncio.shield(job)

    def _begun(self, work: Callable[[_Given], _Made], given: _Given) -> asyncio.Future[_Made]:
        """A job that is done even when its caller has left; nobody hears of its fault then."""
        job = asyncio.ensure_future(self._in_turn(work, given))
        job.add_done_callback(lambda done: done.cancelled() or done.exception())
        return job

    async def _in_turn(self, work: Callable[[_Given], _Made], given: _Given) -> _Made:
        """A process that was ended by somebody else is replaced, and its job done again, once."""
        async with self._turn:
            for may_repeat in (True, False):
                if self._closed:
                    raise ShuttingDown
                try:
                    return await asyncio.get_running_loop().run_in_executor(
                        self._thread, self._ask, work, given
                    )
                except ProcessEnded as ended:
                    if ended.signal == signal.SIGPROF:
                        raise TooComplex("", "The document takes too long to be read.", "too_long") from None
                    if not may_repeat:
                        raise WorkerUnavailable(retry_after_seconds=RETRY_SECONDS) from ended
            raise AssertionError("unreachable")

    def _ask(self, work: Callable[[_Given], _Made], given: _Given) -> _Made:
        """In the thread. Raises ProcessEnded."""
        if self._process is None:
            self._process = HelperProcess(_prepare)
        try:
            made: _Made = self._process.ask(work, given, seconds=WALL_SECONDS)
        except ProcessEnded:
            self._process = None
            raise
        return made


def _prepare() -> None:
    """In the process: it ends with the server, not on the keys that somebody presses."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    server = multiprocessing.parent_process()
    if server is not None:
        threading.Thread(target=_end_with, args=(server,), daemon=True).start()


def _end_with(server: Any) -> None:
    server.join()
    os._exit(0)


def _limited(limited: bool) -> None:
    """Sets the clock of a document, or stops it. Its signal ends the process whatever it is doing."""
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS if limited else 0)


def _signing_inputs(jobs: Sequence[tuple[Document, Options]]) -> list[bytes | Refused]:
    return [_guarded(data_integrity.signing_input, *job) for job in jobs]


def _check(document: Document) -> Refused | None:
    return _guarded(guard.check, document)


def _proofs_to_check(document: Document) -> list[tuple[Proof, bytes]] | Refused:
    return _guarded(data_integrity.proofs_to_check, document)


def _guarded(work: Callable[..., _Made], *given: Any) -> _Made | Refused:
    _limited(True)
    try:
        return work(*given)
    except Refused as refused:
        return refused.with_traceback(None)
    finally:
        _limited(False)
