"""What became of every item of an archive: the report that an import owes its sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal


class Outcome(StrEnum):
    IMPORTED = "imported"
    DEGRADED = "degraded"
    LEFT_OUT = "left_out"


class Reason(StrEnum):
    """Stable codes for what was lost and why; docs/imports.md explains them to authors."""

    # Degraded: it is there, with a loss.
    ACTIVE_CONTENT = "ACTIVE_CONTENT"
    MISSING_ASSETS = "MISSING_ASSETS"
    COURSE_LINKS = "COURSE_LINKS"
    NO_GRADING = "NO_GRADING"
    NEEDS_SCRIPT = "NEEDS_SCRIPT"
    TRANSCRIPTS = "TRANSCRIPTS"
    NO_SOURCE = "NO_SOURCE"
    NO_COUNTERPART = "NO_COUNTERPART"
    RANDOM_SELECTION = "RANDOM_SELECTION"
    CONDITIONS = "CONDITIONS"
    GROUPS = "GROUPS"
    SECRETS = "SECRETS"
    SETTINGS = "SETTINGS"
    TITLE_CUT = "TITLE_CUT"
    # Left out: it is not there.
    ASSET = "ASSET"
    ASSET_INDEX = "ASSET_INDEX"
    GRADING_POLICY = "GRADING_POLICY"
    NO_PLACE = "NO_PLACE"
    JUNK = "JUNK"
    DRAFT = "DRAFT"
    OUTSIDE_COURSE = "OUTSIDE_COURSE"
    UNREACHABLE = "UNREACHABLE"
    DANGLING_REFERENCE = "DANGLING_REFERENCE"
    CIRCULAR_REFERENCE = "CIRCULAR_REFERENCE"
    DUPLICATE_REFERENCE = "DUPLICATE_REFERENCE"
    WRONG_TYPE = "WRONG_TYPE"
    MISPLACED = "MISPLACED"
    STAFF_ONLY = "STAFF_ONLY"
    COMPLETION_BUTTON = "COMPLETION_BUTTON"
    TOO_LONG = "TOO_LONG"
    LESSON_FULL = "LESSON_FULL"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its reason, before it is tied to an item."""

    outcome: Outcome
    reason: Reason | None = None
    # One sentence; it names items and files, never secrets or answers.
    detail: str = ""


IMPORTED = Verdict(Outcome.IMPORTED)


def degraded(reason: Reason, detail: str) -> Verdict:
    return Verdict(Outcome.DEGRADED, reason, detail)


def left_out(reason: Reason, detail: str) -> Verdict:
    return Verdict(Outcome.LEFT_OUT, reason, detail)


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One row: a file of the archive, an item written inside a file, or a reference that leads nowhere."""

    # Unique in a report. An item inside a file is `file#tag[n]/tag[m]`, counting elements from 1.
    path: str
    item_type: str
    # The item's id in the archive, "" for plain files.
    source_id: str
    title: str
    outcome: Outcome
    # None exactly when imported whole.
    reason: Reason | None
    detail: str
    # An item of content within a lesson, such as html or problem; every one of the course has one row.
    is_component: bool = False


# Rows from one look at whether the reading was cancelled to the next: far below a second of ordinary text.
ROWS_PER_LOOK = 16


class Report:
    """Collects the rows, in the order in which items are met.

    `look` is called every few rows; what it raises stops the reading.
    """

    def __init__(self, limits: ArchiveLimits, look: Callable[[], None] | None = None) -> None:
        self._limits = limits
        self._look = look
        self._items: dict[str, ImportItem] = {}

    def add(
        self,
        path: str,
        item_type: str,
        verdict: Verdict,
        *,
        source_id: str = "",
        title: str = "",
        is_component: bool = False,
    ) -> None:
        """Raises ArchiveRefused with TOO_MANY_ITEMS beyond the limit."""
        if self._look is not None and len(self._items) % ROWS_PER_LOOK == 0:
            self._look()
        # A file may be named like the path of an item inside another file; both keep a row.
        while path in self._items:
            path += "~"
        if len(self._items) >= self._limits.items:
            raise ArchiveRefused(
                Refusal.TOO_MANY_ITEMS, f"The course has more than {self._limits.items:,} items and files."
            )
        self._items[path] = ImportItem(
            path, item_type, source_id, title, verdict.outcome, verdict.reason, verdict.detail, is_component
        )

    def items(self) -> tuple[ImportItem, ...]:
        return tuple(self._items.values())
