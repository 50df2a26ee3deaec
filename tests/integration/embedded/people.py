"""Servers in processes of their own, and what can be seen of processes from outside."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from academe.db.embedded.account import Account

PROGRAM = Path(__file__).parents[2] / "support" / "embedded_server.py"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users")


def ordinary_user() -> Account:
    """A user that is neither root nor the one which PostgreSQL runs as under root."""
    entry = pwd.getpwnam("nobody")
    account = Account(entry.pw_uid, entry.pw_gid)
    if python_for(account) is None or not account.can_enter(PROGRAM.parent):
        pytest.skip("the checkout or Python lies below a directory that ordinary users may not enter")
    return account


def python_for(user: Account | None) -> str | None:
    """A Python of this version that the user may run: ours, or the system's with our packages."""
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    for python in (Path(sys.executable), system):
        if user is None or user.can_enter(python.resolve()):
            return str(python)
    return None


def environment() -> dict[str, str]:
    """What any of these Pythons needs to find our packages, without a trace in their directories."""
    paths = [path for path in sys.path if path.endswith(("site-packages", "/src"))]
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/",
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@dataclass(slots=True)
class ServerProcess:
    """A running embedded_server.py. `postgres` is None when it refused to start, for the `error`."""

    process: asyncio.subprocess.Process
    postgres: int | None = None
    dsn: str = ""
    error: str = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    async def end(self, request: signal.Signals) -> int:
        """Send a signal to the server alone and return its exit code."""
        self.process.send_signal(request)
        return await self.process.wait()


async def launch(
    data_dir: Path, *, user: Account | None = None, wrapper: tuple[str, ...] = ()
) -> ServerProcess:
    """Start a server as the given user, below a wrapping program, and wait until it is ready or refused."""
    process = await spawn(data_dir, user=user, wrapper=wrapper)
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    if "error" in said:
        await process.wait()
        return ServerProcess(process, error=said["error"])
    return ServerProcess(process, postgres=said["pid"], dsn=said["dsn"])


async def spawn(
    data_dir: Path, *, user: Account | None = None, wrapper: tuple[str, ...] = ()
) -> asyncio.subprocess.Process:
    """The process of `launch`, before it has said anything."""
    identity = {} if user is None else {"user": user.uid, "group": user.gid, "extra_groups": []}
    return await asyncio.create_subprocess_exec(
        *wrapper,
        python_for(user) or sys.executable,
        str(PROGRAM),
        str(data_dir),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        cwd="/",
        env=environment(),
        **identity,  # type: ignore[arg-type]
    )


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """Every live PostgreSQL process that works in the data directory; zombies do nothing any more."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(data_dir / "postgres"):
                found.append(process)
        except psutil.Error:
            continue
    return found


def is_dead(pid: int) -> bool:
    """Whether a process has ended; whether its parent has taken notice does not matter."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


async def until(condition: Callable[[], object]) -> None:
    """Wait until something holds that can only be looked at, such as the state of another process."""
    while not condition():  # noqa: ASYNC110 - another process sets no event here
        await asyncio.sleep(0.005)


async def all_gone(data_dir: Path) -> None:
    """Wait until no PostgreSQL works in the data directory."""
    await until(lambda: not processes_of(data_dir))
