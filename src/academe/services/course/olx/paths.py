"""Judges the names that an archive gives its entries."""

from __future__ import annotations

import re
import unicodedata

from academe.services.course.olx.refusal import ArchiveRefused, Refusal, quoted

# Longest path and longest name in it, in characters, as common file systems have it.
PATH_CHARS = 1_024
NAME_CHARS = 255


def safe_path(name: str) -> str:
    """The path with empty and `.` parts removed; "" for the archive's own folder.

    Raises ArchiveRefused with PATH_ESCAPES for climbing or absolute paths, on any system, and BAD_NAME for
    names that not every file system or terminal takes as they are.
    """
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        raise ArchiveRefused(
            Refusal.BAD_NAME, "The archive has a name with control characters, or not in UTF-8."
        )
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        raise ArchiveRefused(Refusal.PATH_ESCAPES, f"{quoted(name)} is an absolute path.")
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if ".." in parts:
        raise ArchiveRefused(Refusal.PATH_ESCAPES, f"{quoted(name)} climbs out of the archive.")
    if "\\" in name or len(name) > PATH_CHARS or any(len(part) > NAME_CHARS for part in parts):
        raise ArchiveRefused(Refusal.BAD_NAME, f"{quoted(name)} is not a name that every system can hold.")
    return "/".join(parts)
