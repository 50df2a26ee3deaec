"""What the server, the process that canonicalises for it, and PostgreSQL have used of the processors."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from academe.db.embedded.layout import Layout
from benchmarks.server import Server


@dataclass(frozen=True)
class Cpu:
    """Seconds, user and system; the kernel counts hundredths."""

    server: float = 0.0
    canonicaliser: float = 0.0
    database: float = 0.0

    def __sub__(self, earlier: Cpu) -> Cpu:
        return Cpu(
            self.server - earlier.server,
            self.canonicaliser - earlier.canonicaliser,
            self.database - earlier.database,
        )

    def __add__(self, more: Cpu) -> Cpu:
        return Cpu(
            self.server + more.server,
            self.canonicaliser + more.canonicaliser,
            self.database + more.database,
        )

    @property
    def total(self) -> float:
        """What it would take on one core."""
        return self.server + self.canonicaliser + self.database


class Processes:
    """Of one running server with its embedded database."""

    def __init__(self, server: Server, data_dir: Path) -> None:
        self._server = server
        first_line = (Layout(data_dir).cluster / "postmaster.pid").read_text().splitlines()[0]
        self._postgres = psutil.Process(int(first_line))

    def cpu(self) -> Cpu:
        """So far. A connection that ended counts in what PostgreSQL's first process has of its children."""
        ended = self._postgres.cpu_times()
        running = [self._postgres, *self._postgres.children()]
        return Cpu(
            server=self._server.cpu_seconds(),
            canonicaliser=sum(_seconds(process) for process in self._canonicalisers()),
            database=ended.children_user + ended.children_system + sum(map(_seconds, running)),
        )

    def canonicaliser_mb(self) -> float:
        """Memory of the process that canonicalises; 0 before the first document."""
        return sum(process.memory_info().rss for process in self._canonicalisers()) / 1e6

    def _canonicalisers(self) -> list[psutil.Process]:
        return [
            process
            for process in self._server.process.children()
            if any("spawn_main" in part for part in process.cmdline())
        ]


class Others:
    """What everything else on the machine takes of the processors from here on."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._started, self._busy, self._ours = time.monotonic(), _busy_seconds(), self._used()

    def cores(self) -> float:
        """So many of them, on average."""
        others = _busy_seconds() - self._busy - (self._used() - self._ours)
        return max(0.0, others) / (time.monotonic() - self._started)

    def _used(self) -> float:
        return self._processes.cpu().total + time.process_time()


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)
