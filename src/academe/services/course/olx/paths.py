"""Judges the names that an archive gives its entries, and bounds those that places in it get."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from academe.services.course.olx.refusal import ArchiveRefused, Refusal, quoted

# Longest path and longest name in it, in characters, as common file systems have it.
PATH_CHARS = 1_024
NAME_CHARS = 255

# Longest place of an item below the course's folder, in characters: with the folder's name it keeps to what a
# file's path may have. Containers in containers would make kilobytes of it, for each of thousands of items.
PLACE_CHARS = PATH_CHARS - NAME_CHARS - 1
# How much of a longer place is kept at each end, in characters, so that authors find it.
PLACE_END_CHARS = 360


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


def bounded_place(place: str, root: str) -> str:
    """The place with a hash for its middle when it is long; different places stay different.

    `root` is the course's folder as a prefix. It has no part in the hash, so that ids that are made of places
    do not depend on how the folder is called.
    """
    below = place.removeprefix(root)
    if len(below) <= PLACE_CHARS:
        return place
    digest = hashlib.sha256(below.encode("utf-8", "replace")).hexdigest()[:32]
    return f"{root}{below[:PLACE_END_CHARS]}…{digest}…{below[-PLACE_END_CHARS:]}"
