"""Who may import what: the boundaries that let a slice become a process of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "academe"
SLICES = sorted(path.name for path in (SOURCE / "services").iterdir() if (path / "__init__.py").exists())
FILES = sorted(path for path in SOURCE.rglob("*.py") if "api" not in path.relative_to(SOURCE).parts)

WIRE_FILES = {"handler", "convert", "client"}
"""Files of a slice that speak gRPC; a package of that name counts with all its files."""


def imports(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each imported module with the names taken from it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, tuple(alias.name for alias in node.names)


def role(path: Path) -> str:
    """`handler` for services/x/handler.py and for services/x/handler/lessons.py; the stem's first word."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return parts[2].partition("_")[0] if parts[0] == "services" and len(parts) > 2 else parts[0]


def slice_of(path: Path) -> str | None:
    parts = path.relative_to(SOURCE).parts
    return parts[1] if parts[0] == "services" and len(parts) > 2 else None


def is_wire(path: Path) -> bool:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    if parts[0] == "services":
        return any(part.partition("_")[0] in WIRE_FILES for part in parts[2:])
    return parts[0] in {"rpc", "demo", "app", "slices", "telemetry"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_grpc_and_messages_stay_at_the_edge(path: Path) -> None:
    """Rules and SQL know neither gRPC nor its messages."""
    found = [
        name
        for name, _ in imports(path)
        if name.split(".")[0] == "grpc"
        or name.startswith("academe.api")
        or (name.startswith("academe.rpc") and path.is_relative_to(SOURCE / "services"))
    ]

    assert not found or is_wire(path), f"{found} belong in handler.py, convert.py or rpc/"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_driver_stays_in_repositories(path: Path) -> None:
    """Only a slice's repository and db/ talk to PostgreSQL."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    allowed = parts[0] == "db" or any(part.partition("_")[0] == "repository" for part in parts[2:])
    found = [name for name, _ in imports(path) if name.split(".")[0] == "asyncpg"]

    assert not found or allowed


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_slices_meet_only_at_their_faces(path: Path) -> None:
    """A slice imports another's package, not its files, and only in ports.py and service files."""
    own = slice_of(path)
    if own is None:
        return
    for name, names in imports(path):
        if not name.startswith("academe.services"):
            continue
        parts = name.split(".")[2:]
        others = [part for part in (parts[:1] or list(names)) if part != own]
        if others:
            assert len(parts) <= 1, f"{name} reaches behind the face of {parts[0]}"
            assert role(path) in {"ports", "service"}, f"{name} is imported outside ports.py and service.py"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_composition_root_knows_every_service(path: Path) -> None:
    """Nothing below app.py imports it, and plumbing does not know the product; slices.py knows all of it, and
    verbs of the command line know the slice that they are about."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    for name, names in imports(path):
        if name == "academe.app" or (name == "academe" and "app" in names):
            assert parts[0] in {"serve", "app"}
        if name.startswith("academe.services") and parts[0] != "services":
            knowing = {"app", "slices", "demo", "credential_verbs"}
            assert parts[0] in knowing, f"{name} is the product; plumbing must not know it"


@pytest.mark.parametrize("name", SLICES)
def test_a_model_is_plain(name: str) -> None:
    """A slice's model imports neither the wire nor the database nor its own other files."""
    model = SOURCE / "services" / name / "model.py"
    if not model.exists():
        pytest.fail(f"the slice {name} has no model.py")
    for module, _ in imports(model):
        assert module.split(".")[0] not in {"grpc", "asyncpg", "google"}
        assert not module.startswith(("academe.rpc", "academe.db", "academe.api"))
