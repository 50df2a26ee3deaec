"""The course that ships with Academe: a tour of the platform, in OLX, packed when it is asked for."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

# The folder beside this file; an archive holds it under the name that exports use.
TOUR_FOLDER = "tour"
ARCHIVE_FOLDER = "course"


def tour_archive() -> bytes:
    """The course as a `.tar.gz`: the same bytes each time, so that importing it again changes nothing."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(_walk(files("academe.demo") / TOUR_FOLDER, ARCHIVE_FOLDER)):
            # A fresh header has no owner and no time: nothing of the machine gets in.
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{path}/{entry.name}")
        elif entry.name.endswith((".xml", ".html")):
            yield f"{path}/{entry.name}", entry.read_bytes()
