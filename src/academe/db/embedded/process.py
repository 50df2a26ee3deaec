"""PostgreSQL's programs as children of the server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from academe.db.embedded import launch
from academe.db.embedded.account import Account
from academe.db.embedded.log_file import LogFile
from academe.db.embedded.options import postgres_arguments
from academe.db.embedded.runtime import Runtime

# All that the programs see of the environment: no PG* variable changes their minds, no secret of the server
# leaks.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class Postmaster:
    """The main process of a running PostgreSQL, a direct child, waited for with a real waitpid.

    It receives SIGINT when the *thread* that started it ends, so it is started on the event loop's thread.
    """

    def __init__(self, command: list[str], *, account: Account, cluster: Path, lock: int, log: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the package's own program
            launch_command(command, account),
            cwd=cluster,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C in the terminal is for the server, which stops PostgreSQL
        )
        self._loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int] = self._loop.create_future()
        # A thread, not the loop's child watcher: it works the same under every event loop, and a stopped loop
        # leaves no zombie.
        threading.Thread(target=self._wait, name="postgres-wait", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return not self.exited.done()

    def send(self, request: signal.Signals) -> None:
        """Send a signal unless the process has ended."""
        if self.running:
            self._process.send_signal(request)

    async def shut_down(self, requests: Iterable[tuple[float, signal.Signals]]) -> None:
        """Ask ever more urgently, each request at its number of seconds after the call, until one works."""
        began = time.monotonic()
        for after, request in requests:
            await asyncio.wait({self.exited}, timeout=max(0.0, began + after - time.monotonic()))
            self.send(request)
        await asyncio.wait({self.exited})

    def _wait(self) -> None:
        code = self._process.wait()
        try:
            self._loop.call_soon_threadsafe(self._ended, code)
        except RuntimeError:
            return  # the event loop was closed first; nobody is left to tell

    def _ended(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)


def start_postmaster(runtime: Runtime, log_file: LogFile, lock: int) -> Postmaster:
    """Start PostgreSQL on the runtime's cluster. Raises OSError."""
    cluster = runtime.layout.cluster
    runtime.clear_sockets()
    arguments = postgres_arguments(cluster, runtime.cluster_argument(cluster), runtime.socket_dir)
    log = log_file.open()
    try:
        command = [str(runtime.binaries.postgres), *arguments]
        return Postmaster(command, account=runtime.account, cluster=cluster, lock=lock, log=log)
    finally:
        os.close(log)


def run_program(
    command: list[str], *, account: Account, cwd: Path, lock: int
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end and return its code and what it said; call it on a worker thread."""
    return subprocess.run(  # noqa: S603 - the package's own program
        launch_command(command, account),
        cwd=cwd,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=(lock,),
        start_new_session=True,
        check=False,
    )


def launch_command(command: list[str], account: Account) -> list[str]:
    """The command which becomes the given one as the account's user; see launch.py."""
    script = str(Path(launch.__file__))
    return [
        sys.executable,
        "-I",
        "-S",
        script,
        str(account.uid),
        str(account.gid),
        str(os.getpid()),
        *command,
    ]


def describe_exit(code: int) -> str:
    """How a process ended, for a log line: "exit code 1" or "killed by SIGKILL"."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
