"""Room for what strangers send, so that no number of them can fill the server's memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from academe.errors import Overloaded

BYTES_MAX = 4_000_000
"""Of documents that are looked at or wait for it: hundreds of usual ones, sixteen of the largest. Read, the
worst of them takes fifteen times its size."""

RETRY_SECONDS = 1.0


class Room:
    """Counts bytes, since a place for each would be filled as soon by small documents as by large ones."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._free = bytes_max

    @contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Holds `size` bytes for a block. Raises Overloaded when they are not free."""
        if size > self._free:
            raise Overloaded(retry_after_seconds=RETRY_SECONDS)
        self._free -= size
        try:
            yield
        finally:
            self._free += size
