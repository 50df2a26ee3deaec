"""The blocks of one lesson while it is read, within what a lesson holds."""

from __future__ import annotations

import dataclasses

from academe.services.course.olx.imported import LESSON_BLOCKS, LESSON_BYTES, ImportedBlock
from academe.services.course.olx.names import Names
from academe.services.course.olx.report import Reason, left_out
from academe.services.course.olx.sizes import served_bytes

FULL = left_out(
    Reason.LESSON_FULL,
    f"A lesson holds at most {LESSON_BLOCKS} blocks and {LESSON_BYTES // 1024 // 1024} MiB of text.",
)


class LessonBlocks:
    """Blocks in order, up to the first that does not fit: a lesson has no gaps, only an end."""

    def __init__(self) -> None:
        self.found: list[ImportedBlock] = []
        self._bytes = 0
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        return self._is_closed or len(self.found) >= LESSON_BLOCKS

    def add(self, block: ImportedBlock) -> bool:
        """False, and the lesson is full, when the block is too large for what is left."""
        self._bytes += served_bytes(block)
        if self._bytes > LESSON_BYTES:
            self._is_closed = True
            return False
        self.found.append(block)
        return True

    def with_own_ids(self) -> tuple[ImportedBlock, ...]:
        names = Names()
        return tuple(
            dataclasses.replace(block, source_id=names.claim(block.source_type, block.source_id))
            for block in self.found
        )
