"""Accounts for the files that the course tree does not reach: every one gets a row with its reason."""

from __future__ import annotations

from collections.abc import Iterable

from academe.services.course.olx.archive import STATIC_FOLDER, ArchiveFile
from academe.services.course.olx.report import Reason, Report, Verdict, left_out

# Written by operating systems into folders that they show.
JUNK_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
JUNK_FOLDER = "__MACOSX"
JUNK_PREFIX = "._"

# Folder of the course: item type, and why its files are left out.
FOLDERS: dict[str, tuple[str, Verdict]] = {
    STATIC_FOLDER: ("static", left_out(Reason.ASSET, "Uploaded files are not stored by this version.")),
    "drafts": ("draft", left_out(Reason.DRAFT, "It was never published.")),
    "assets": ("asset_index", left_out(Reason.ASSET_INDEX, "It lists uploaded files, which are not stored.")),
    "about": ("about", left_out(Reason.NO_PLACE, "This part of the course's page has no place here.")),
    "info": ("info", left_out(Reason.NO_PLACE, "Announcements and handouts have no place here.")),
    "tabs": ("tab", left_out(Reason.NO_PLACE, "Pages beside the lessons have no place here.")),
    "policies": ("policy", left_out(Reason.NO_PLACE, "It is no policy of this run that could be read.")),
}
# Files in the folder of policies that are known by their name.
POLICIES: dict[str, tuple[str, Verdict]] = {
    "grading_policy.json": (
        "policy",
        left_out(Reason.GRADING_POLICY, "Lessons are not graded by this version."),
    ),
    "assets.json": FOLDERS["assets"],
}

OUTSIDE = left_out(Reason.OUTSIDE_COURSE, "It is not in the folder of the course.")
UNREACHABLE = left_out(Reason.UNREACHABLE, "Nothing in the course refers to it.")


def report_leftovers(files: Iterable[ArchiveFile], used: set[str], root: str, report: Report) -> None:
    """One row for each file that is not in `used`. `root` is the course's folder, as a prefix of paths."""
    for file in files:
        if file.path not in used:
            item_type, verdict = _judge(file.path, root)
            report.add(file.path, item_type, verdict)


def _judge(path: str, root: str) -> tuple[str, Verdict]:
    parts = path.split("/")
    if JUNK_FOLDER in parts or parts[-1] in JUNK_NAMES or parts[-1].startswith(JUNK_PREFIX):
        return "junk", left_out(Reason.JUNK, "An operating system left it; it is no part of the course.")
    if not path.startswith(root):
        return "other", OUTSIDE
    folder, *names = path.removeprefix(root).split("/")
    if not names:
        return "other", UNREACHABLE
    if folder == "policies" and names[-1] in POLICIES:
        return POLICIES[names[-1]]
    return FOLDERS.get(folder, (folder, UNREACHABLE))
