"""Holds the contract against its rules: buf lint, generated code up to date, the last release unbroken.

`buf breaking` compares with the newest tag v*; before the first release there is nothing to compare with,
and that is said.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUF = str(Path(sys.executable).parent / "buf")
GENERATOR = [sys.executable, str(ROOT / "tools" / "gen_protos.py")]
DOCS = [sys.executable, str(ROOT / "tools" / "gen_api_docs.py")]


def run(*command: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        sys.exit(f"failed: {' '.join(command[:3])}")


def output(*command: str) -> bytes:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        image = str(Path(scratch) / "now.binpb")
        run(*GENERATOR, "--image", image)
        run(BUF, "lint", image, "--config", "buf.yaml", "--path", "academe")
        _breaking(image, Path(scratch))
    _generated()


def _breaking(image: str, scratch: Path) -> None:
    tags = output("git", "tag", "--list", "v*", "--sort=-v:refname").decode().split()
    if not tags:
        print("buf breaking: no release yet, nothing to compare with")
        return
    with tarfile.open(fileobj=io.BytesIO(output("git", "archive", tags[0], "proto"))) as archive:
        archive.extractall(scratch / "release", filter="data")
    before = str(scratch / "before.binpb")
    run(*GENERATOR, "--image", before, "--proto-dir", str(scratch / "release" / "proto"))
    run(BUF, "breaking", image, "--against", before, "--config", "buf.yaml", "--path", "academe")
    print(f"buf breaking: compatible with {tags[0]}")


def _generated() -> None:
    """Generates into place and asks git whether anything changed."""
    run(*GENERATOR)
    run(*DOCS)
    changed = output("git", "status", "--porcelain", "--", "src/academe/api", "docs/api.md").decode()
    if changed:
        sys.exit(f"generated files were not up to date; commit what `make proto` made:\n{changed}")


if __name__ == "__main__":
    main()
