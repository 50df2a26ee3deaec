"""Makes a content block of a component, and says what was lost on the way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from lxml import etree

from academe.services.course.markup import inspect
from academe.services.course.olx.activities import inner_markup, name_of, placeholder
from academe.services.course.olx.elements import is_empty
from academe.services.course.olx.imported import (
    HTML_CHARS,
    VIDEO_URL_CHARS,
    VIDEO_URLS,
    BlockKind,
    ImportedBlock,
    ImportedVideo,
)
from academe.services.course.olx.losses import NO_LOSSES, Losses, losses_of
from academe.services.course.olx.nodes import CourseFiles, Node
from academe.services.course.olx.problem import has_script, statement
from academe.services.course.olx.refusal import quoted
from academe.services.course.olx.report import Reason, Verdict, left_out

YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
VIDEO_URL = re.compile(r"https?://\S+")
VARIABLE = re.compile(r"\$[A-Za-z_]")
CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Built:
    """A block, or None when the component is left out."""

    block: ImportedBlock | None
    verdict: Verdict
    # The file that holds an HTML component's text, "" when it is written elsewhere.
    body_path: str = ""


def build(node: Node, files: CourseFiles) -> Built:
    """Raises ArchiveRefused with BAD_ENCODING when a text is not UTF-8."""
    if node.tag == "html":
        return _html(node, files)
    if node.tag == "video":
        return _video(node)
    if node.tag == "problem":
        return _problem(node)
    if node.tag == "done":
        detail = "A button to mark the unit as done; lessons are completed without one."
        return Built(None, left_out(Reason.COMPLETION_BUTTON, detail))
    what = f"Here stands {name_of(node.tag)}; what can be read of it is shown, it does not work."
    return _finish(node, BlockKind.PLACEHOLDER, placeholder(node), Losses(((Reason.NO_COUNTERPART, what),)))


def _html(node: Node, files: CourseFiles) -> Built:
    name = node.attributes.get("filename")
    if not name or not is_empty(node.element):
        # HTML inside XML is written as elements, or as one text, which is the source then.
        html = inner_markup(node.element) if len(node.element) else node.element.text or ""
        return _finish(node, BlockKind.HTML, html, NO_LOSSES)
    body = files.body(name)
    if body is None:
        detail = f"Its text, html/{quoted(name)}.html, is not in the archive."
        return Built(None, left_out(Reason.DANGLING_REFERENCE, detail))
    path, text = body
    if text is None:
        return Built(None, _too_long(), path)
    built = _finish(node, BlockKind.HTML, text, NO_LOSSES)
    return Built(built.block, built.verdict, path)


def _problem(node: Node) -> Built:
    html, losses = statement(node.element), NO_LOSSES
    if has_script(node.element) and VARIABLE.search(html):
        losses += (Reason.NEEDS_SCRIPT, "Its script, which fills in values such as $x, is not run.")
    losses += (Reason.NO_GRADING, "Question and choices are shown; answers are not taken or graded.")
    source = etree.tostring(node.element, encoding="unicode", with_tail=False)
    return _finish(node, BlockKind.PROBLEM, html, losses, source)


def _video(node: Node) -> Built:
    attributes, element = node.attributes, node.element
    listed = [*_strings(attributes.get("html5_sources", "")), attributes.get("source", "")]
    candidates = [*(source.get("src", "") for source in element.findall("source")), *listed]
    urls = tuple(dict.fromkeys(url.strip() for url in candidates if url.strip()))
    playable = tuple(url for url in urls if len(url) <= VIDEO_URL_CHARS and VIDEO_URL.fullmatch(url))
    playable = playable[:VIDEO_URLS]
    video = ImportedVideo(
        playable,
        _youtube_id(attributes.get("youtube_id_1_0", ""), attributes.get("youtube", "")),
        tuple((t.get("language", ""), t.get("src", "")) for t in element.findall("transcript")),
        _seconds(attributes.get("start_time", "")),
        _seconds(attributes.get("end_time", "")),
    )
    losses = NO_LOSSES
    if video.transcripts or attributes.get("sub"):
        losses += (Reason.TRANSCRIPTS, f"Its transcripts are not stored ({len(video.transcripts) or 1}).")
    if any(attributes.get(name) for name in ("track", "handout")):
        losses += (Reason.MISSING_ASSETS, "Its files for download are not stored.")
    if len(playable) < len(urls):
        losses += (
            Reason.NO_SOURCE,
            f"Sources that are no web addresses are dropped ({len(urls) - len(playable)}).",
        )
    if not playable and not video.youtube_id:
        losses += (Reason.NO_SOURCE, "It names no film that can be played.")
        notice = "<p><em>Here the course has a film, which is not available.</em></p>"
        return _finish(node, BlockKind.PLACEHOLDER, notice, losses)
    return _finish(node, BlockKind.VIDEO, "", losses, video=video)


def _finish(
    node: Node,
    kind: BlockKind,
    html: str,
    losses: Losses,
    source: str | None = None,
    video: ImportedVideo | None = None,
) -> Built:
    if len(html) > HTML_CHARS:
        return Built(None, _too_long())
    findings = inspect(html)
    for count, reason, what in (
        (
            findings.active,
            Reason.ACTIVE_CONTENT,
            "Scripts, handlers, forms and embedded objects are not served",
        ),
        (
            findings.asset_links,
            Reason.MISSING_ASSETS,
            "Uploaded files that it shows or links to are not stored",
        ),
        (findings.course_links, Reason.COURSE_LINKS, "Links to other places of the course do not lead there"),
    ):
        if count:
            losses += (reason, f"{what} ({count}).")
    losses += losses_of(node)
    block = ImportedBlock(node.source_id, kind, node.tag, node.title, html, video, source)
    return Built(block, losses.verdict())


def _too_long() -> Verdict:
    return left_out(Reason.TOO_LONG, f"Its text is longer than {HTML_CHARS:,} characters.")


def _youtube_id(plain: str, by_speed: str) -> str:
    """The id as such, or from the older `speed:id,speed:id` form; "" when there is none."""
    speeds = dict(part.strip().split(":", 1) for part in by_speed.split(",") if ":" in part)
    found = plain.strip() or speeds.get("1.00") or speeds.get("1.0") or ""
    return found if YOUTUBE_ID.fullmatch(found) else ""


def _seconds(clock: str) -> int | None:
    match = CLOCK.fullmatch(clock.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (hours * 60 + minutes) * 60 + seconds or None


def _strings(text: str) -> list[str]:
    try:
        values = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
