"""What is said about the course as a whole: its name, language, description, and what of that is lost."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from academe.services.course.olx.archive import COURSE_FILE
from academe.services.course.olx.elements import clean_title
from academe.services.course.olx.imported import DESCRIPTION_CHARS
from academe.services.course.olx.losses import Losses, losses_of_structure
from academe.services.course.olx.nodes import CourseFiles, Node
from academe.services.course.olx.report import IMPORTED, Reason, Report, degraded, left_out

# Where the description comes from; the first that has text.
DESCRIPTION_FILES = ("about/overview.html", "about/short_description.html")

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
LANGUAGE_CHARS = 35

# Longest course key, in characters; Open edX allows 255.
COURSE_KEY_CHARS = 255

UNTITLED = "Untitled course"


@dataclass(frozen=True, slots=True)
class CourseFacts:
    node: Node
    title: str
    course_key: str
    language: str
    description: str


def read_facts(files: CourseFiles, report: Report) -> CourseFacts:
    """Reads and reports the course and the files about it that are used."""
    node = files.course()
    attributes = node.attributes
    key = "+".join(attributes.get(name, "") for name in ("org", "course", "url_name"))
    title = node.title or clean_title(key.strip("+")) or UNTITLED
    losses = losses_of_structure(node)
    secrets = _count_secrets(attributes.get("lti_passports", ""))
    if secrets:
        # Said, so that the owner can replace them: they have left the platform in an archive.
        sentence = f"It holds secrets of external tools ({secrets}); they are neither stored nor shown."
        losses = Losses(((Reason.SECRETS, sentence),)) + losses
    report.add(node.path, "course", losses.verdict(), source_id=node.source_id, title=title)
    top = files.root + COURSE_FILE
    if node.path != top:
        report.add(top, "pointer", IMPORTED, source_id=node.source_id)
    if files.policy_path:
        detail = "Titles, language and what only staff may see are taken; its other settings are not."
        report.add(files.policy_path, "policy", degraded(Reason.SETTINGS, detail))
    description = _description(files, report)
    language = attributes.get("language", "").strip().replace("_", "-")
    if not LANGUAGE_TAG.fullmatch(language) or len(language) > LANGUAGE_CHARS:
        language = ""
    return CourseFacts(node, title, clean_title(key, COURSE_KEY_CHARS), language, description)


def _description(files: CourseFiles, report: Report) -> str:
    for name in DESCRIPTION_FILES:
        text = files.text(name)
        if text is None or not text.strip():
            continue
        path = files.root + name
        files.used.add(path)
        if len(text) > DESCRIPTION_CHARS:
            detail = f"It is longer than the {DESCRIPTION_CHARS:,} characters of a description."
            report.add(path, "about", left_out(Reason.TOO_LONG, detail))
            continue
        report.add(path, "about", IMPORTED)
        return text
    return ""


def _count_secrets(passports: str) -> int:
    try:
        found = json.loads(passports or "[]")
    except (ValueError, RecursionError):
        return 1
    return len(found) if isinstance(found, list) else 1
