"""Builds the image, runs both deployments of compose.yaml for real, and holds them to what they promise.

Each is called over gRPC, looked at from inside, killed, stopped, removed and started again on its volumes.
The project, its volumes and its ports are the test's own and are gone afterwards. The times are printed at
the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request

from docker_deployment import ROOT, Deployment, Timings, docker

IMAGE = "academe:local"
UID = 10001
WRITABLE = ["/data", "/tmp"]  # noqa: S108 # inside the container
STOP_SECONDS_MAX = 10.0


def check(holds: bool, promise: str, found: object = "") -> None:
    if not holds:
        raise SystemExit(f"docker-test: it does not hold that {promise}: {found}")
    print(f"  ok  {promise}", flush=True)


def build(timings: Timings) -> None:
    network = os.environ.get("DOCKER_BUILD_NETWORK", "default")
    with timings.of("build"):
        docker("build", "--quiet", "--network", network, "--tag", IMAGE, ".")
    size = int(docker("image", "inspect", "--format", "{{.Size}}", IMAGE))
    print(f"{IMAGE}: {size / 1e6:.0f} MB", flush=True)


def hold_isolation(deployment: Deployment) -> None:
    """What the container is, seen from inside and by Docker."""
    found = deployment.look_inside()
    every = found["processes"]
    check(all(set(one["uids"]) == {UID} for one in every), f"every process runs as user {UID}", every)
    check(all(one["capabilities"] == 0 for one in every), "no process has or can get a capability", every)
    check(all(one["no_new_privileges"] for one in every), "no process can gain privileges", every)
    check(every[0]["program"] != found["server"], "process 1 is an init that reaps orphans", every)
    check(found["writable"] == WRITABLE, f"only {' and '.join(WRITABLE)} can be written", found["writable"])
    host = deployment.state()["HostConfig"]
    check(host["Memory"] > 0, "its memory is limited")
    address = deployment.compose("port", deployment.service, "50051").strip()
    check(address.startswith("127.0.0.1:"), "its port is this machine's only", address)


def hold_calls(deployment: Deployment) -> None:
    """The least and the most that a client does."""
    with deployment.client() as client:
        check(client.healthy(), "health Check over gRPC answers SERVING")
    with urllib.request.urlopen(f"http://{deployment.http_target}/readyz") as reply:
        check(reply.status == 200, "/readyz answers 200")
    command = [sys.executable, "-m", "academe", "demo", "--target", deployment.target]
    demo = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    check(demo.returncode == 0, "a course goes through the whole school", demo.stdout + demo.stderr)


def hold_deployment(deployment: Deployment) -> None:
    timings, service = deployment.timings, deployment.service
    print(f"\n{service}")
    deployment.compose("config", "--quiet")
    deployment.up("nothing there yet")
    with deployment.client() as client:
        ada = client.register("ada")
        check(client.sign_in_as(ada), "somebody registers, signs in and is recognised")
    hold_calls(deployment)
    hold_isolation(deployment)

    with timings.of(f"{service}: kill -9 until healthy again"):
        deployment.kill_server()
        deployment.wait_restarted()
    with deployment.client() as client:
        check(client.sign_in_as(ada), "after kill -9 it starts again, with its data")

    with timings.of(f"{service}: stop"):
        deployment.compose("stop", service)
    seconds = timings.seconds[f"{service}: stop"]
    check(seconds < STOP_SECONDS_MAX, f"it stops in under {STOP_SECONDS_MAX:.0f} seconds", seconds)
    exit_code = deployment.state()["State"]["ExitCode"]
    check(exit_code == 0, "it stops by itself, not by a kill", exit_code)

    deployment.compose("down")
    deployment.up("on its old volumes")
    with deployment.client() as client:
        check(client.sign_in_as(ada), "after down and up its data is there")


def hold_one_replica(embedded: Deployment) -> None:
    """A second container on the volume of a running database must not touch it."""
    said = embedded.compose("run", "--rm", "--no-deps", embedded.service, may_fail=True)
    refused = "Another academe server" in said and "serves gRPC" not in said
    check(refused, "a second container on its volume refuses to start", said)
    with embedded.client() as client:
        check(client.healthy(), "and does not disturb the first")


def main() -> None:
    timings = Timings()
    server, embedded = Deployment("academe", timings), Deployment("academe-embedded", timings)
    with timings.of("everything"):
        build(timings)
        for deployment in (server, embedded):
            try:
                hold_deployment(deployment)
                if deployment is embedded:
                    hold_one_replica(embedded)
            except BaseException:
                print(deployment.compose("logs", "--tail", "20", may_fail=True))
                raise
            finally:
                deployment.compose("down", "--volumes", "--remove-orphans", may_fail=True)
    print()
    timings.print()
    if "stand-in" in docker("image", "inspect", "--format", "{{json .Config.Labels}}", "python:3.11-slim"):
        print("With STAND-IN images: the real python:3.11-slim and postgres:18 were not reachable from here.")


if __name__ == "__main__":
    main()
