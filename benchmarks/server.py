"""The server under measurement: `academe serve` as a child process, watched from outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import grpc
import psutil
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.db.embedded.layout import Layout
from academe.db.embedded.roles import APPLICATION, DATABASE, dsn
from academe.demo.server import free_port

SAMPLE = re.compile(r"^grpc_server_handled_total\{([^}]*)\} ([0-9.e+]+)$", re.MULTILINE)


class Server:
    """Started with settings of a benchmark over the defaults; `data_dir` outlives it."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.port, self.http_port = free_port(), free_port()
        self.target = f"127.0.0.1:{self.port}"
        self._log = (data_dir.parent / "server.log").open("ab")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ACADEME_")},
            "ACADEME_GRPC_ADDR": self.target,
            "ACADEME_HTTP_ADDR": f"127.0.0.1:{self.http_port}",
            "ACADEME_DATA_DIR": str(data_dir),
            "ACADEME_LOG_FORMAT": "json",
            "ACADEME_ACCESS_TOKEN_SECONDS": "3600",
            "ACADEME_TIP_LIMITS": "",
            **settings,
        }
        self._child = subprocess.Popen(
            [sys.executable, "-m", "academe", "serve"], env=environment, stdout=self._log, stderr=self._log
        )
        self.process = psutil.Process(self._child.pid)
        self._wait_healthy()

    def _wait_healthy(self) -> None:
        with grpc.insecure_channel(self.target) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            for _ in range(600):
                try:
                    if health.Check(health_pb2.HealthCheckRequest(), timeout=1).status == 1:
                        return
                except grpc.RpcError:
                    if self._child.poll() is not None:
                        break
                time.sleep(0.1)
        raise RuntimeError("the server did not become healthy; see server.log")

    def cpu_seconds(self) -> float:
        """User and system time of the server process alone, PostgreSQL not included."""
        times = self.process.cpu_times()
        return times.user + times.system

    def memory_mb(self) -> float:
        return self.process.memory_info().rss / 1e6

    def handled(self, method: str) -> dict[str, int]:
        """How many calls of a method ended with each code, by the server's own metrics."""
        page = urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/metrics").read().decode()
        found: dict[str, int] = {}
        for labels, count in SAMPLE.findall(page):
            named = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if named["grpc_method"].rpartition("/")[2] == method:
                found[named["grpc_code"]] = found.get(named["grpc_code"], 0) + int(float(count))
        return found

    def stop(self) -> None:
        self._child.send_signal(signal.SIGTERM)
        self._child.wait(timeout=60)
        self._log.close()


def embedded_dsn(data_dir: Path) -> str:
    """How to reach the embedded database of a running server, for a limit measured on the same one."""
    layout = Layout(data_dir)
    socket_dir = layout.socket_dir
    if layout.runtime_note.exists() and not any(socket_dir.glob(".s.PGSQL.*")):
        socket_dir = Path(layout.runtime_note.read_text().strip()) / "socket"
    return dsn(APPLICATION, layout.application_password.read_text().strip(), DATABASE, socket_dir)
