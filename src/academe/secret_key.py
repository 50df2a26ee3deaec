"""The one secret of a school, from which every other key is derived."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from academe.startup import StartupError

SECRET_BYTES = 32
FILE_NAME = "secret.key"


def root_secret(configured: bytes | None, data_dir: Path) -> bytes:
    """The secret from the settings, or one kept in the data directory and made there on first use.

    Losing it makes every password and session worthless, so the file is written whole or not at all, and
    only its owner can read it. Raises StartupError when the directory cannot be written.
    """
    if configured is not None:
        return configured
    path = data_dir / FILE_NAME
    try:
        _make_private(data_dir)
        if not path.exists():
            _create(path)
        secret = path.read_bytes()
    except OSError as error:
        raise StartupError(
            f"Cannot keep the server's secret in {path} ({error.strerror}): make ACADEME_DATA_DIR a "
            "directory that this user may write to, or set ACADEME_SECRET_KEY."
        ) from error
    if len(secret) != SECRET_BYTES:
        size = f"{len(secret)} bytes, not {SECRET_BYTES}"
        raise StartupError(f"{path} is damaged ({size}): restore it from a backup.")
    return secret


def _make_private(data_dir: Path) -> None:
    """Root's is entered, but not listed, by the ordinary user that the embedded PostgreSQL runs as."""
    if not data_dir.is_dir():
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)


def _create(path: Path) -> None:
    """Links a complete file into place; when two servers start at once, the first to link wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if os.geteuid() == 0:  # the directory's owner may start the server without root next time
                owner = path.parent.stat()
                os.fchown(handle, owner.st_uid, owner.st_gid)
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
