"""Asks pip-audit about every locked dependency, and first whether it can answer at all.

Where the advisory database cannot be reached, pip-audit says that nothing is wrong. So a release that is
known to be vulnerable is audited first: when that one passes, the answer is "not audited", never "fine".
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CANARY = "jinja2==2.4.1"
"""Has had published advisories since 2014."""
SECONDS_MAX = 120


def audit(requirements: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--format", "json"]
    command += ["--requirement", str(requirements)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)


def flagged(result: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    """Package and its advisories; a package that was skipped is not in it."""
    try:
        packages = json.loads(result.stdout)["dependencies"]
    except (ValueError, KeyError):
        return {}
    return {p["name"]: [v["id"] for v in p["vulns"]] for p in packages if p.get("vulns")}


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        canary = Path(scratch) / "canary.txt"
        canary.write_text(CANARY + "\n")
        try:
            answers = "jinja2" in flagged(audit(canary))
        except subprocess.TimeoutExpired:
            answers = False
    if not answers:
        print("not audited: the advisory database does not answer here (the canary was not flagged)")
        return
    found = flagged(audit(ROOT / "requirements-dev.lock"))
    for name, advisories in found.items():
        print(f"{name}: {', '.join(advisories)}")
    if found:
        sys.exit("audit: update the packages above")
    print("audited: no locked package has a published advisory")


if __name__ == "__main__":
    main()
