"""Reads an OLX course archive: the one entry of this package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from academe.services.course.olx.archive import read_archive
from academe.services.course.olx.facts import read_facts
from academe.services.course.olx.imported import ImportedCourse, SourceCounts
from academe.services.course.olx.leftovers import report_leftovers
from academe.services.course.olx.nodes import CourseFiles
from academe.services.course.olx.refusal import ArchiveLimits
from academe.services.course.olx.report import Report
from academe.services.course.olx.walk import Walk


def read_olx(
    path: Path,
    *,
    limits: ArchiveLimits = ArchiveLimits(),  # noqa: B008 - a frozen value
    progress: Callable[[int, int], None] | None = None,
) -> ImportedCourse:
    """Reads a `.tar.gz` or `.tar` of OLX whole, or refuses it whole. Blocking; run it in a thread.

    `progress` is called with the bytes of the file read so far and in all, and when all are read again and
    again while their meaning is found; what it raises stops the reading, which is how a caller cancels.
    Raises ArchiveRefused.
    """
    archive = read_archive(path, limits, progress)
    files = CourseFiles(archive, limits)
    report = Report(limits, _look(path.stat().st_size, progress))
    facts = read_facts(files, report)
    walk = Walk(files, report, limits)
    modules = tuple(walk.modules(facts.node))
    report_leftovers(archive.files.values(), files.used, files.root, report)
    return ImportedCourse(
        title=facts.title,
        course_key=facts.course_key,
        language=facts.language,
        description=facts.description,
        modules=modules,
        items=report.items(),
        source_counts=SourceCounts(
            chapters=walk.counts["chapter"],
            sequentials=walk.counts["sequential"],
            verticals=walk.counts["vertical"],
            components=walk.counts["component"],
            nested_components=walk.counts["nested"],
            files=len(archive.files),
            bytes=archive.total_bytes,
        ),
    )


def _look(file_bytes: int, progress: Callable[[int, int], None] | None) -> Callable[[], None] | None:
    return None if progress is None else lambda: progress(file_bytes, file_bytes)
