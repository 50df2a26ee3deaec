"""Writes the export to a folder, which is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from academe.services.credential.publishing.export import Export
from academe.startup import StartupError


async def write_folder(export: Export, folder: Path) -> int:
    """Writes every file below `folder`, and returns how many. Raises StartupError when it is in use already,
    or cannot be written.

    The files go into a folder beside it, which gets the name when all of them are on the disk: whoever serves
    the folder never serves half of it.
    """
    folder = _named(folder)
    if _in_use(folder):
        raise StartupError(f"{folder} exists: name a folder that does not, and point the web server to it.")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of an export that was killed
    count = 0
    try:
        async for path, content in export.all_files():
            _write(partial / path, content)
            count += 1
        _name(partial, folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise StartupError(f"{folder} cannot be written: {error.strerror}.") from error
    return count


def _named(folder: Path) -> Path:
    """The same with a name, which "." has not."""
    return folder.absolute()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _in_use(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _name(partial: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """A rename is on the disk when the folder it happened in is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
