"""Reads course archives in OLX, the format of Open edX: pure values in and out, no database, no RPC."""

from academe.services.course.olx.imported import (
    BlockKind,
    ImportedBlock,
    ImportedCourse,
    ImportedLesson,
    ImportedModule,
    ImportedVideo,
    SourceCounts,
)
from academe.services.course.olx.reader import read_olx
from academe.services.course.olx.refusal import ArchiveLimits, ArchiveRefused, Refusal
from academe.services.course.olx.report import ImportItem, Outcome, Reason

__all__ = [
    "ArchiveLimits",
    "ArchiveRefused",
    "BlockKind",
    "ImportItem",
    "ImportedBlock",
    "ImportedCourse",
    "ImportedLesson",
    "ImportedModule",
    "ImportedVideo",
    "Outcome",
    "Reason",
    "Refusal",
    "SourceCounts",
    "read_olx",
]
