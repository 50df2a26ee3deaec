"""Data directories, new and used, and servers on them that are always stopped."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from academe.db.embedded import EmbeddedPostgres, State
from tests.integration.embedded.people import ServerProcess, all_gone, launch
from tests.support.postgres import quiet_log, temporary_dir

MakeServer = Callable[..., EmbeddedPostgres]
Launch = Callable[..., Awaitable[ServerProcess]]


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty directory that everybody may enter, with a short name, unlike pytest's own."""
    folder = temporary_dir()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_dir(home: Path) -> Path:
    """A data directory that does not exist yet."""
    return home / "data"


@pytest.fixture(scope="session")
async def used_original() -> AsyncIterator[Path]:
    folder = temporary_dir()
    server = EmbeddedPostgres(folder / "data", log=quiet_log())
    await server.start()
    await server.stop()
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def used_dir(home: Path, used_original: Path) -> Path:
    """A data directory of a server that was stopped in order; copied, which is faster than initdb."""
    return copy_data(used_original, home / "data")


def copy_data(original: Path, target: Path) -> Path:
    """Copy a data directory of a stopped server, owners included, and return the copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(original), str(target)], check=True)
    return target


@pytest.fixture
async def launch_server() -> AsyncIterator[Launch]:
    """Starts servers in processes of their own and kills those that are left."""
    launched: list[tuple[ServerProcess, Path]] = []

    async def start(data_dir: Path, **options: object) -> ServerProcess:
        server = await launch(data_dir, **options)  # type: ignore[arg-type]
        launched.append((server, data_dir))
        return server

    yield start
    for server, _ in launched:
        if server.process.returncode is None:
            server.process.kill()
            await server.process.wait()
    for _, data_dir in launched:
        await all_gone(data_dir)


@pytest.fixture
async def make_server(launch_server: Launch) -> AsyncIterator[MakeServer]:
    """Makes servers in this process, with `states` as the list to which a listener adds.

    They are stopped before the launched ones are waited for, which may share their directory.
    """
    made: list[EmbeddedPostgres] = []

    def make(data_dir: Path, *, states: list[State] | None = None, **options: object) -> EmbeddedPostgres:
        seen = states if states is not None else []
        options.setdefault("log", quiet_log())
        made.append(EmbeddedPostgres(data_dir, on_state=seen.append, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for server in made:
        await server.stop()
