"""Keeps one PostgreSQL running for as long as the server lives."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from academe.db.embedded.claim import SHUTDOWN_REQUESTS
from academe.db.embedded.layout import Layout, prepare_data_dir
from academe.db.embedded.lifetime import Lifetime, State
from academe.db.embedded.locks import ServerLock
from academe.db.embedded.prepare import Prepared, prepare
from academe.db.embedded.process import describe_exit
from academe.db.embedded.runtime import remove_temporary
from academe.startup import StartupError

# A restart waits this long, and twice as long after each one that follows without a stable time between.
RESTART_SECONDS_MIN = 0.1
RESTART_SECONDS_MAX = 5.0
# A PostgreSQL that cannot live dies within a fraction of this; one that lived longer was killed from outside.
STABLE_SECONDS = 0.5


class EmbeddedPostgres:
    """One PostgreSQL in one data directory, a direct child of this process.

    `on_state` is called on the event loop at every change. Use it on the event loop of the main thread: the
    kernel stops PostgreSQL when the thread that started it ends. After `stop` it may be started again.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        log: FilteringBoundLogger,
        on_state: Callable[[State], None] = lambda state: None,
        shutdown_requests: tuple[tuple[float, signal.Signals], ...] = SHUTDOWN_REQUESTS,
    ) -> None:
        self._data_dir = data_dir
        self._log = log
        self._on_state = on_state
        self._shutdown_requests = shutdown_requests
        self._state = State.STOPPED
        self._is_ready = asyncio.Event()
        self._was_ready = False
        self._server_lock: ServerLock | None = None
        self._prepared: Prepared | None = None
        self._lifetime: Lifetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._stop_task: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        return self._state

    @property
    def ready(self) -> bool:
        """Whether PostgreSQL accepts connections; False during recovery, a restart and a stop."""
        return self._state is State.READY

    @property
    def pid(self) -> int | None:
        """The process id of the running postmaster."""
        postmaster = self._lifetime.postmaster if self._lifetime is not None else None
        return postmaster.pid if postmaster is not None and postmaster.running else None

    @property
    def dsn(self) -> str:
        """asyncpg's connection string for the application's role and database, password included.

        Known, and then the same until `stop`, once PostgreSQL has been ready.
        """
        return self._known().application_dsn()

    def superuser_dsn(self, database: str) -> str:
        """For backups and tests; the application itself never connects as the superuser."""
        return self._known().superuser_dsn(database)

    async def start(self, *, wait: bool = True) -> None:
        """Start PostgreSQL, making the database on the first start, and wait until it accepts connections.

        With `wait=False` returns as soon as no other server can take the data directory; follow with
        `wait_ready`. A recovery may take as long as it needs. Raises StartupError, and then nothing is left
        running.
        """
        if self._server_lock is not None:
            raise RuntimeError("This EmbeddedPostgres is already started.")
        layout = prepare_data_dir(self._data_dir)
        lock = ServerLock(layout.server_lock)
        await lock.acquire()
        self._server_lock = lock
        self._enter(State.STARTING)
        self._task = asyncio.create_task(self._supervise(layout), name="embedded-postgres")
        if wait:
            try:
                await self.wait_ready()
            except BaseException:
                await self.stop()
                raise

    async def wait_ready(self) -> None:
        """Wait until PostgreSQL accepts connections, again if it is being restarted.

        Raises StartupError when it never will; nothing is left running then.
        """
        task = self._task
        if task is None:
            raise RuntimeError("This EmbeddedPostgres is not started.")
        became_ready = asyncio.ensure_future(self._is_ready.wait())
        try:
            await asyncio.wait({became_ready, task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            became_ready.cancel()
        if task.cancelled():
            raise StartupError("The embedded PostgreSQL was stopped before it was ready.")
        if task.done():
            await self.stop()
            task.result()

    async def stop(self) -> None:
        """Shut PostgreSQL down and give the data directory free; does nothing when it is not started.

        Goes on to its end even when the caller is cancelled.
        """
        if self._server_lock is None:
            return
        if self._stop_task is None:
            self._stop_task = asyncio.create_task(self._stop(), name="embedded-postgres-stop")
        await asyncio.shield(self._stop_task)

    async def _stop(self) -> None:
        self._enter(State.STOPPING)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        postmaster = self._lifetime.postmaster if self._lifetime is not None else None
        if postmaster is not None:
            await postmaster.shut_down(self._shutdown_requests)
            self._log.info("PostgreSQL stopped", exit=describe_exit(postmaster.exited.result()))
        if self._server_lock is not None:
            # By the note in the data directory: a start that was given up half-way has made one, too.
            remove_temporary(Layout(self._data_dir))
            self._server_lock.release()
        self._lifetime = self._task = self._server_lock = self._stop_task = None
        self._was_ready = False
        self._enter(State.STOPPED)

    async def _supervise(self, layout: Layout) -> None:
        """Start PostgreSQL again whenever it ends, ever less eagerly while it does not stay up.

        Raises StartupError when it was never ready and another attempt would end in the same way.
        """
        prepared = self._prepared = await prepare(layout, self._log)
        pause = RESTART_SECONDS_MIN
        while True:
            self._lifetime = Lifetime(prepared, log=self._log, enter=self._enter)
            try:
                end = await self._lifetime.run()
                if not self._was_ready and not end.is_transient:
                    raise StartupError(end.reason)
            except Exception as error:  # even an unforeseen one must not leave PostgreSQL to itself
                if not self._was_ready:
                    raise
                unforeseen = not isinstance(error, StartupError)
                self._log.error("PostgreSQL cannot be restarted yet", reason=str(error), exc_info=unforeseen)
            else:
                self._log.error("PostgreSQL died and will be restarted", reason=end.reason)
                if end.ready_seconds > STABLE_SECONDS:
                    pause = RESTART_SECONDS_MIN
            self._enter(State.RESTARTING)
            await asyncio.sleep(pause)
            pause = min(pause * 2, RESTART_SECONDS_MAX)

    def _enter(self, state: State) -> None:
        if state is self._state:
            return
        self._state = state
        if state is State.READY:
            self._was_ready = True
            self._is_ready.set()
        else:
            self._is_ready.clear()
        try:
            self._on_state(state)
        except Exception:  # a listener's fault must not end the supervision
            self._log.exception("A listener failed on a change of state", state=state.value)

    def _known(self) -> Prepared:
        if self._prepared is None:
            raise RuntimeError("The embedded PostgreSQL was never ready, so it has no address.")
        return self._prepared
