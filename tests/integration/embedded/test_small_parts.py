"""Rules of the supervisor that need no running PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.db.embedded import log_file, pid_file
from academe.db.embedded.binaries import RELEASE_AGE_MAX_DAYS, RELEASED, age_warning, installed_binaries
from academe.db.embedded.diagnosis import explain, is_transient
from academe.db.embedded.layout import Layout
from academe.db.embedded.log_file import LogFile
from academe.db.embedded.runtime import SOCKET_PATH_BYTES_MAX, fits_a_socket
from academe.startup import StartupError


def test_release_of_more_than_four_months() -> None:
    """An old release is warned about from the 121st day on, in one sentence."""
    released = RELEASED["18.4"]

    assert age_warning("18.4", released + timedelta(days=RELEASE_AGE_MAX_DAYS)) is None
    warning = age_warning("18.4", released + timedelta(days=RELEASE_AGE_MAX_DAYS + 1))
    assert warning is not None
    assert "18.4 is 121 days old" in warning


def test_release_newer_than_the_table() -> None:
    """A release that nobody has entered yet is newer than all that were, so nothing is warned about."""
    assert age_warning("18.99", date(2100, 1, 1)) is None


def test_installed_release_is_in_the_table() -> None:
    """Whoever updates the package enters its release, or the warning would never come again."""
    assert installed_binaries().version() in RELEASED


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_every_accepted_socket_directory_can_be_bound(name: str) -> None:
    """What fits is short enough in bytes, not in characters, for the smallest system."""
    folder = Path("/" + name)

    if fits_a_socket(folder):
        assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES_MAX
        assert "," not in str(folder)


def test_log_never_outgrows_its_bound(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that is too long moves aside once, while the writer's descriptor stays good."""
    monkeypatch.setattr(log_file, "LOG_BYTES_MAX", 100)
    log = LogFile(home / "postgres.log")
    descriptor = log.open()
    os.write(descriptor, b"first\n" * 20)

    log.rotate()
    os.write(descriptor, b"second\n")
    log.rotate()
    os.close(descriptor)

    assert (home / "postgres.log").read_bytes() == b"second\n"
    assert (home / "postgres.log.1").read_bytes() == b"first\n" * 20
    assert log.tail(start=1000) == "second\n", "a position from before the rotation still shows the new lines"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("initdb: error: could not create: No space left on device", "is full; free some space"),
        ("FATAL:  could not open file: Permission denied", "is not writable; check the disk"),
        ("initdb: error: could not look up effective user ID 1234", "no entry in /etc/passwd"),
        ("2026 [7] startup PANIC:  could not locate checkpoint", "ended: could not locate checkpoint; "),
        ("2026 [7] client backend FATAL:  password authentication failed", "ended: it gave no reason; "),
        (
            "2026 [7] postmaster LOG:  walwriter (PID 9) was terminated by signal 9: Killed",
            "by signal 9: Killed",
        ),
    ],
)
def test_last_words_of_postgres(home: Path, said: str, sentence: str) -> None:
    """The sentence names the cause that PostgreSQL gave, not a client's failed sign-in."""
    assert sentence in explain(Layout(home), said, "PostgreSQL ended")


def test_which_ends_deserve_another_attempt() -> None:
    """A killed PostgreSQL is tried again; one that refused its configuration is not."""
    assert is_transient(-9, "")
    assert is_transient(1, "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use")
    assert not is_transient(1, "FATAL:  invalid value for parameter")


@pytest.mark.parametrize(
    ("arguments", "ours"),
    [
        (["-D", "{cluster}"], True),
        (["-D", "/proc/self/cwd", "-c", "academe.cluster={cluster}"], True),
        (["-D", "/var/lib/postgresql/18/main"], False),
        (["-D", "/proc/self/cwd", "-c", "academe.cluster=/somewhere/else"], False),
    ],
)
def test_whose_postgres_a_process_is(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], ours: bool
) -> None:
    """Where a process's directory may not be read, its arguments tell which database it serves."""
    (home / "postmaster.pid").write_text("4711\n")
    command = ["/usr/lib/postgresql/bin/postgres", *(argument.format(cluster=home) for argument in arguments)]
    monkeypatch.setattr(pid_file, "PROCFS", Path("/nonexistent"))
    monkeypatch.setattr(pid_file, "command_line", lambda pid: command)

    assert pid_file.running_postmaster(home) == (4711 if ours else None)


def test_postgres_that_cannot_be_told_apart(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PostgreSQL that may or may not serve this database is left alone, and so is the database."""
    (home / "postmaster.pid").write_text("4711\n")
    monkeypatch.setattr(pid_file, "PROCFS", Path("/nonexistent"))
    monkeypatch.setattr(pid_file, "command_line", lambda pid: ["postgres", "-D", "main"])

    with pytest.raises(StartupError, match=r"Process 4711 is a PostgreSQL that may use .*; stop it"):
        pid_file.running_postmaster(home)


def test_processes_on_a_system_without_procfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no /proc, `ps` tells what a process was started as."""
    process = subprocess.Popen(["sleep", "60"])
    monkeypatch.setattr(pid_file, "PROCFS", Path("/nonexistent"))
    try:
        assert pid_file.command_line(process.pid) == ["sleep", "60"]
    finally:
        process.kill()
    process.wait()
    assert pid_file.command_line(process.pid) == []
