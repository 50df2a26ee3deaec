"""Writes requirements.lock and requirements-dev.lock: names, versions and hashes, for every platform.

Needs `uv` on the path or as a module (`pip install uv`). What it leaves out is as deliberate as what it
writes: no index address and no path, so that the files mean the same everywhere.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
QUIET = ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]


def main() -> None:
    uv = [shutil.which("uv") or sys.executable, *([] if shutil.which("uv") else ["-m", "uv"])]
    for target, groups in (("requirements.lock", []), ("requirements-dev.lock", ["--group", "dev"])):
        subprocess.run(
            [*uv, "pip", "compile", "pyproject.toml", *groups, *FLAGS, *QUIET, "-o", target, *sys.argv[1:]],
            cwd=ROOT,
            check=True,
        )


if __name__ == "__main__":
    main()
