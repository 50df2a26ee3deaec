"""The Open edX demo course, whole: its numbers, and that the report tells of everything in it."""

from __future__ import annotations

import re
import tarfile
import time
from collections import Counter

import pytest
from lxml import etree

from academe.services.course.html import sanitise
from academe.services.course.olx import BlockKind, ImportedBlock, ImportedCourse, Outcome, Reason, read_olx
from tests.support.olx import DEMO_COURSE, needs_demo_course, patience

pytestmark = needs_demo_course

SECRETS = ("codeboard_secret", "codeboard_key", "811a447706c1", "869e9639af7d")


@pytest.fixture(scope="module")
def course() -> ImportedCourse:
    return read_olx(DEMO_COURSE)


@pytest.fixture(scope="module")
def blocks(course: ImportedCourse) -> list[ImportedBlock]:
    return [block for module in course.modules for lesson in module.lessons for block in lesson.blocks]


def test_structure_has_the_numbers_counted_by_hand(course: ImportedCourse) -> None:
    """Chapters are modules and verticals lessons, none more and none less."""
    counts = course.source_counts
    assert (counts.chapters, counts.sequentials, counts.verticals) == (6, 17, 58)
    assert (counts.components, counts.nested_components) == (313, 6)
    assert len(course.modules) == 6
    assert sum(len(module.lessons) for module in course.modules) == 58
    assert len({lesson.section for module in course.modules for lesson in module.lessons}) == 17
    assert all(lesson.required for module in course.modules for lesson in module.lessons)


def test_the_course_says_what_it_is(course: ImportedCourse) -> None:
    assert course.title == "Open edX Demo Course"
    assert course.course_key == "OpenedX+DemoX+DemoCourse"
    assert course.language == "en"
    assert course.description.startswith('<section class="about">')


def test_chapters_and_lessons_keep_their_order_and_titles(course: ImportedCourse) -> None:
    """The order is that of course.xml, not of the files in the archive."""
    assert [module.title[:9] for module in course.modules] == [
        "Module 1:", "Module 2:", "Module 3:", "Module 4:", "Module 5:", "Conclusio",
    ]  # fmt: skip
    assert [len(module.lessons) for module in course.modules] == [5, 11, 26, 10, 5, 1]
    first = course.modules[0].lessons[0]
    assert (first.section, first.source_id) == (
        "Introduction to the Open edX® platform", "78b75020d3894fdfa8b4994f97275294",
    )  # fmt: skip


def test_every_file_of_the_archive_has_exactly_one_row(course: ImportedCourse) -> None:
    with tarfile.open(DEMO_COURSE) as archive:
        files = [member.name for member in archive if member.isfile()]
    rows = Counter(item.path for item in course.items)

    assert len(files) == 800
    assert max(rows.values()) == 1
    assert set(files) <= set(rows)
    inside_others = set(rows) - set(files)
    assert all("#" in path and path.partition("#")[0] in files for path in inside_others)


def test_every_component_has_exactly_one_row(course: ImportedCourse) -> None:
    """Counted apart from the reader, from the files of the archive as they are."""
    with tarfile.open(DEMO_COURSE) as archive:
        units = Counter[tuple[str, str]]()
        for member in archive:
            if re.search(r"/(vertical|library_content)/", member.name) and member.isfile():
                content = archive.extractfile(member)
                assert content is not None
                units += Counter(
                    (child.tag, child.get("url_name", "")) for child in etree.fromstring(content.read())
                )
    rows = Counter((item.item_type, item.source_id) for item in course.items if item.is_component)

    assert sum(rows.values()) == 319
    assert rows == units
    assert Counter(tag for tag, _ in rows)["problem"] == 29
    assert Counter(tag for tag, _ in rows)["html"] == 266


def test_every_loss_says_why(course: ImportedCourse) -> None:
    for item in course.items:
        assert (item.reason is None) == (item.outcome is Outcome.IMPORTED), item
        assert bool(item.detail) == (item.reason is not None), item


def test_nothing_was_lost_unseen(course: ImportedCourse) -> None:
    """Outcomes by kind, so that a change of the reader that loses something has to say so here."""
    outcomes = Counter((item.item_type, item.outcome) for item in course.items)
    assert outcomes["static", Outcome.LEFT_OUT] == 124
    assert outcomes["html_body", Outcome.IMPORTED] == 266
    assert outcomes["html", Outcome.IMPORTED] + outcomes["html", Outcome.DEGRADED] == 266
    assert outcomes["video", Outcome.IMPORTED] + outcomes["video", Outcome.DEGRADED] == 11
    assert outcomes["problem", Outcome.DEGRADED] == 29
    left_out = Counter(item.reason for item in course.items if item.outcome is Outcome.LEFT_OUT)
    assert left_out == {
        Reason.ASSET: 124,
        Reason.NO_PLACE: 13,
        Reason.ASSET_INDEX: 2,
        Reason.GRADING_POLICY: 1,
        Reason.COMPLETION_BUTTON: 1,
    }


def test_html_is_kept_to_the_character(course: ImportedCourse, blocks: list[ImportedBlock]) -> None:
    with tarfile.open(DEMO_COURSE) as archive:
        bodies = [
            content.read().decode()
            for member in archive
            if re.search(r"/html/.*\.html$", member.name) and (content := archive.extractfile(member))
        ]
    kept = [block.html for block in blocks if block.kind is BlockKind.HTML]

    assert len(bodies) == 266
    assert sorted(kept) == sorted(bodies)


def test_served_html_holds_nothing_that_runs(blocks: list[ImportedBlock]) -> None:
    sources = "".join(block.html for block in blocks)
    assert sources.count("<script") > 60
    assert re.search(r"<[^>]+ onclick=", sources)
    for block in blocks:
        served = sanitise(block.html)
        for element in etree.fromstring(f"<div>{served}</div>", etree.HTMLParser()).iter():
            assert element.tag not in ("script", "style", "iframe", "object", "embed", "form", "link")
            for name, value in element.attrib.items():
                assert not str(name).startswith("on")
                assert "javascript:" not in str(value).lower()


def test_served_html_keeps_the_text(blocks: list[ImportedBlock]) -> None:
    """At least 99 % of the words that a reader of the page would see, of each of the 266 pages."""
    pages = [block.html for block in blocks if block.kind is BlockKind.HTML]
    total = kept = 0
    for page in pages:
        before, after = _visible_words(page), _visible_words(sanitise(page))
        shared = sum((before & after).values())
        assert shared >= 0.99 * sum(before.values()), page[:200]
        total, kept = total + sum(before.values()), kept + shared

    assert len(pages) == 266
    assert total > 10_000
    assert kept >= 0.99 * total


def test_secrets_of_external_tools_are_nowhere(course: ImportedCourse) -> None:
    """Not in the values and not in the report, which says that they were there."""
    everything = repr(course) + "".join(
        block.source or ""
        for module in course.modules
        for lesson in module.lessons
        for block in lesson.blocks
    )
    with tarfile.open(DEMO_COURSE) as archive:
        definition = archive.extractfile("course/course/DemoCourse.xml")
        assert definition is not None
        source = definition.read().decode()

    assert all(secret in source for secret in SECRETS)
    assert not any(secret in everything for secret in SECRETS)
    assert [item.path for item in course.items if item.reason is Reason.SECRETS] == [
        "course/course/DemoCourse.xml"
    ]


def test_problems_are_shown_without_their_answers(blocks: list[ImportedBlock]) -> None:
    problems = [block for block in blocks if block.kind is BlockKind.PROBLEM]
    for problem in problems:
        assert problem.source is not None
        for marked in ("correct=", "answer=", "choicehint", "<script", "solution", "expect="):
            assert marked not in problem.html
        root = etree.fromstring(problem.source)
        for secret in root.iter("solution", "demandhint", "choicehint"):
            words = " ".join(_text(secret).split())
            assert not words or words not in " ".join(problem.html.split())

    assert len(problems) == 29
    shown = " ".join(problem.html for problem in problems)
    assert "What is the capital city of Australia?" in shown
    assert "<li>Canberra</li>" in shown
    assert "Sneezy" not in shown  # an accepted answer of a text field


def test_a_problem_with_its_answers_is_not_printed(blocks: list[ImportedBlock]) -> None:
    """A block that ends up in a log line must not carry the key to its question."""
    problem = next(
        block for block in blocks if block.kind is BlockKind.PROBLEM and "Sneezy" in (block.source or "")
    )
    assert "Sneezy" not in repr(problem)


def test_videos_say_where_they_are(blocks: list[ImportedBlock]) -> None:
    videos = [block.video for block in blocks if block.video is not None]
    assert len(videos) == 11
    assert sum(1 for video in videos if video.youtube_id) == 10
    assert sum(len(video.urls) for video in videos) == 1
    clip = next(video for video in videos if video.youtube_id == "AOUEsgFrYeg")
    assert (clip.start_seconds, clip.end_seconds) == (11 * 60 + 39, 12 * 60 + 57)
    assert [language for language, _ in clip.transcripts] == ["en", "es"]


def test_reading_twice_gives_the_same_course(course: ImportedCourse) -> None:
    assert read_olx(DEMO_COURSE) == course


def test_reading_is_quick_and_says_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    started = time.thread_time()
    read_olx(DEMO_COURSE, progress=lambda done, total: seen.append((done, total)))

    assert time.thread_time() - started < patience(2)
    size = DEMO_COURSE.stat().st_size
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {size}
    assert seen[-1] == (size, size)


def _visible_words(page: str) -> Counter[str]:
    root = etree.fromstring(f"<div>{page}</div>", etree.HTMLParser(remove_comments=True))
    for hidden in list(root.iter("script", "style")):
        hidden.text = ""
    return Counter(_text(root).split())


def _text(element: etree._Element) -> str:
    return " ".join(str(text) for text in element.itertext())
