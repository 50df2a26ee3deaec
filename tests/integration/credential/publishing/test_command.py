"""The verbs of operators, as an operator types them."""

from __future__ import annotations

import asyncio
import base64
import os
import sysconfig
from pathlib import Path

from academe.db.pool import Pool
from academe.services.credential.parts import CredentialParts
from tests.support.graduates import ROOT_SECRET, Faculty, certify

COMMAND = Path(sysconfig.get_path("scripts")) / "academe"


async def academe(database: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and what was printed, of the command that set-up makes."""
    process = await asyncio.create_subprocess_exec(
        str(COMMAND),
        *arguments,
        env={
            "PATH": os.environ["PATH"],
            "ACADEME_DATABASE_URL": database,
            "ACADEME_DATA_DIR": str(folder / "data"),
            "ACADEME_SECRET_KEY": base64.b64encode(ROOT_SECRET).decode(),
            "ACADEME_ISSUER": "https://school.example",
        },
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def test_an_export_and_a_check_of_the_log(
    database: str, pool: Pool, parts: CredentialParts, faculty: Faculty, tmp_path: Path
) -> None:
    """Beside a server that runs: every file, and every leaf."""
    await certify(parts, faculty)
    (tmp_path / "checkpoint").write_text((await parts.log.get_checkpoint()).note)

    exported = await academe(database, tmp_path, "credentials", "export", "site")
    key = (tmp_path / "site" / "log" / "key").read_text().strip()
    checked = await academe(database, tmp_path, "credentials", "verify-log", "--key", key, "checkpoint")
    again = await academe(database, tmp_path, "credentials", "export", "site")

    assert exported[0] == 0, exported[1]
    assert "files in site" in exported[1]
    assert (tmp_path / "site" / ".well-known" / "did.json").exists()
    assert (checked[0], checked[1].count("nothing wrong")) == (0, 4), checked[1]
    assert again[0] == 1
    assert "site exists" in again[1]
    assert "Traceback" not in exported[1] + checked[1] + again[1]
