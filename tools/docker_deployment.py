"""A deployment of compose.yaml under test: its commands, what Docker says about it, what is inside it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker_calls import Client

ROOT = Path(__file__).resolve().parent.parent
PYTHON_INSIDE = "/app/.venv/bin/python"
LOOK_INSIDE = (ROOT / "tools" / "docker_inside.py").read_text()
COME_BACK_SECONDS_MAX = 60.0


class Timings:
    """How long each thing took, for the table at the end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[what] = time.monotonic() - started

    def print(self) -> None:
        for what, seconds in self.seconds.items():
            print(f"{seconds:8.1f} s  {what}")


class Deployment:
    """One service of compose.yaml, in a project and on ports that nobody else uses."""

    def __init__(self, service: str, timings: Timings) -> None:
        self.service = service
        self.timings = timings
        self.target = f"127.0.0.1:{free_port()}"
        self.http_target = f"127.0.0.1:{free_port()}"

    def compose(self, *arguments: str, may_fail: bool = False, stdin: str = "") -> str:
        """Runs a command of Compose and returns what it said; a failure ends the test."""
        # No .env: the test's own school, whatever this checkout is set up for.
        command = ["docker", "compose", "--project-name", f"{self.service}-docker-test", "--ansi", "never"]
        command += ["--env-file", os.devnull, "--profile", "embedded", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment(),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 and not may_fail:
            raise SystemExit(f"docker-test: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout + (done.stderr if may_fail else "")

    def up(self, why: str) -> None:
        with self.timings.of(f"{self.service}: up, {why}"):
            self.compose("up", "--detach", "--wait", "--no-build", self.service)

    def client(self) -> Client:
        return Client(self.target)

    def look_inside(self) -> dict[str, Any]:
        """What tools/docker_inside.py finds in the container."""
        said = self.compose("exec", "--no-TTY", self.service, PYTHON_INSIDE, "-", "look", stdin=LOOK_INSIDE)
        found: dict[str, Any] = json.loads(said)
        return found

    def kill_server(self) -> None:
        """SIGKILL for the server, from inside its container, which may end before the command does."""
        self.compose(
            *("exec", "--no-TTY", self.service, PYTHON_INSIDE, "-", "kill"), stdin=LOOK_INSIDE, may_fail=True
        )

    def state(self) -> dict[str, Any]:
        """What Docker says about the container: State, RestartCount, HostConfig..."""
        container = self.compose("ps", "--all", "--quiet", self.service).strip()
        found: list[dict[str, Any]] = json.loads(docker("inspect", container))
        return found[0]

    def wait_restarted(self) -> None:
        """Returns when Docker has started the container again and found it healthy."""
        deadline = time.monotonic() + COME_BACK_SECONDS_MAX
        while time.monotonic() < deadline:
            found = self.state()
            if found["RestartCount"] > 0 and found["State"]["Health"]["Status"] == "healthy":
                return
            time.sleep(0.1)
        raise SystemExit(f"docker-test: {self.service} did not come back after a kill")

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ACADEME_")}
        ports = {"GRPC_PORT": self.target, "HTTP_PORT": self.http_target}
        return inherited | {name: address.rpartition(":")[2] for name, address in ports.items()}


def docker(*arguments: str) -> str:
    """Runs a command of Docker in the repository and returns what it printed."""
    command = ["docker", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
