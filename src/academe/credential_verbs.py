"""What operators do with credentials at the command line, beside a running server or without one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from academe.secret_key import root_secret
from academe.secrets import Secrets
from academe.serve import log_beside_results, opened_database
from academe.services.credential import verify_log, write_folder
from academe.settings import Settings
from academe.slices import Slices
from academe.startup import StartupError
from academe.telemetry import Metrics


async def export_credentials(settings: Settings, folder: Path) -> str:
    """Writes everything that verifying credentials needs to a folder. Raises StartupError."""
    async with _slices(settings) as slices:
        await slices.credentials.load()
        count = await write_folder(slices.credentials.export, folder)
    return f"{count} files in {folder}; serve them at {settings.issuer}/, as README.txt there says."


async def verify_credential_log(settings: Settings, key: str | None, notes: Sequence[Path]) -> list[str]:
    """Recomputes the whole transparency log and compares it with `key`, as it was published, and with
    checkpoints that somebody kept; a line for each check. Raises StartupError when it is not what was
    signed."""
    try:
        kept = [note.read_text() for note in notes]
    except OSError as error:
        raise StartupError(f"{error.filename} cannot be read: {error.strerror}.") from error
    async with opened_database(settings, log_beside_results(settings)) as database:
        checks = await verify_log(database.dsn, expected_key=key, kept_notes=kept)
    faults = [fault for check in checks for fault in check.faults]
    if faults:
        raise StartupError("The transparency log is not what it was: " + " ".join(faults))
    return [f"{check.name}: {check.examined} examined, nothing wrong" for check in checks]


@asynccontextmanager
async def _slices(settings: Settings) -> AsyncIterator[Slices]:
    """The domain without a server around it."""
    log = log_beside_results(settings)
    async with opened_database(settings, log) as database:
        secrets = Secrets.from_bytes(root_secret(settings.secret_key, settings.data_dir))
        slices = Slices(settings, database, secrets, Metrics(), log)
        try:
            yield slices
        finally:
            await slices.close()
