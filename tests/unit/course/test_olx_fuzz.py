"""Archives by chance: whatever is sent is read or refused, and what is read is all there."""

from __future__ import annotations

import gzip
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from academe.services.course.olx import ArchiveRefused, ImportedCourse, Outcome, read_olx
from tests.support.olx import SMALL_COURSE, inline_course, tar_bytes

SOUND = tar_bytes(
    {
        **SMALL_COURSE,
        "course/vertical/unit.xml": "<vertical><html url_name='text'/><poll answers='[[1, 2]]'/><video/>"
        "<problem><choicegroup><choice correct='true'>a</choice></choicegroup></problem></vertical>",
        "course/policies/run/policy.json": '{"course/run": {"display_name": "Policy"}}',
        "course/static/a.bin": bytes(700),
    }
)


def read_bytes(content: bytes) -> ImportedCourse:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return read_olx(Path(file.name))


def read_or_refuse(content: bytes) -> None:
    """Any other exception than a refusal fails the test."""
    try:
        course = read_bytes(content)
    except ArchiveRefused:
        return
    paths = Counter(item.path for item in course.items)
    assert max(paths.values()) == 1
    for item in course.items:
        assert (item.reason is None) == (item.outcome is Outcome.IMPORTED)
        assert item.path.isprintable()
        item.title.encode()


@given(st.binary(max_size=3_000))
@settings(max_examples=150, deadline=None)
def test_bytes_by_chance(content: bytes) -> None:
    read_or_refuse(content)
    read_or_refuse(b"\x1f\x8b\x08\0" + content)
    read_or_refuse(gzip.compress(content))


@given(
    st.lists(
        st.tuples(st.integers(0, len(SOUND) // 512 - 1), st.integers(0, 511), st.integers(0, 255)),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_a_sound_archive_with_bytes_changed(changes: list[tuple[int, int, int]], mend: bool) -> None:
    """With the checksums of headers made right again, so that the changes are looked at, and without."""
    content = bytearray(SOUND)
    for block, offset, value in changes:
        content[block * 512 + offset] = value
        if mend and SOUND[block * 512 + 257 : block * 512 + 262] == b"ustar":
            header = content[block * 512 : block * 512 + 512]
            header[148:156] = b" " * 8
            content[block * 512 + 148 : block * 512 + 156] = b"%06o\0 " % sum(header)
    read_or_refuse(bytes(content))


@given(st.integers(0, len(SOUND)), st.integers(0, len(SOUND)))
@settings(max_examples=100, deadline=None)
def test_a_sound_archive_with_a_part_missing(start: int, end: int) -> None:
    read_or_refuse(SOUND[: min(start, end)] + SOUND[max(start, end) :])
    packed = gzip.compress(SOUND)
    cut = start % len(packed)
    read_or_refuse(packed[:cut])


FRAGMENTS = (
    st.sampled_from(["<html>", "</html>", "<vertical>", "</vertical>", "<problem>", "</problem>"])
    | st.sampled_from(["<video/>", "<poll/>", "<a b='c'/>", "<library_content>", "</library_content>"])
    | st.sampled_from(["<lti url_name='x'/>", "&amp;", "&x;", "<![CDATA[", "]]>", "<!--", "-->"])
    | st.sampled_from(["<?a b?>", "<!DOCTYPE a>", "text", "é", "<html url_name='x' filename='y'/>"])
    | st.sampled_from(["xmlns='urn:x'", "'", '"'])
)


@given(st.lists(FRAGMENTS, max_size=12))
@settings(max_examples=300, deadline=None)
def test_units_of_any_fragments(fragments: list[str]) -> None:
    read_or_refuse(tar_bytes(inline_course("".join(fragments))))


@dataclass(frozen=True)
class Tree:
    """An item of a made-up course: its tag, title, whether it is in a file of its own, and what it holds."""

    tag: str
    title: str
    apart: bool
    children: tuple[Tree, ...] = ()


def trees(tags: list[str], children: st.SearchStrategy[Tree] | None = None) -> st.SearchStrategy[Tree]:
    below = st.lists(children, max_size=4).map(tuple) if children is not None else st.just(())
    titles = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
    return st.builds(Tree, st.sampled_from(tags), titles, st.booleans(), below)


COMPONENTS = trees(["html", "video", "problem", "poll", "discussion", "unheard_of"])
CONTAINERS = ["library_content", "wrapper"]
UNITS = trees(["vertical"], st.one_of(COMPONENTS, trees(CONTAINERS, COMPONENTS)))
COURSES = trees(["course"], trees(["chapter"], trees(["sequential"], UNITS)))


@given(COURSES)
@settings(max_examples=60, deadline=None)
def test_courses_of_any_shape_are_read_whole(tree: Tree) -> None:
    """Written in any mixture of nested and separate items, counted apart, and read back the same."""
    files: dict[str, str | bytes] = {}
    files["course.xml"] = _write(tree, files, Counter())
    course = read_bytes(tar_bytes(files))

    assert _outline(tree) == [
        (
            module.title,
            [
                (lesson.section, lesson.title, [block.title for block in lesson.blocks])
                for lesson in module.lessons
            ],
        )
        for module in course.modules
    ]
    written = Counter(item.tag for item in _walk(tree))
    rows = Counter(item.item_type for item in course.items)
    assert written == rows - Counter(html_body=rows["html_body"], pointer=rows["pointer"])
    counts = course.source_counts
    assert (counts.chapters, counts.verticals) == (written["chapter"], written["vertical"])
    structure = ("course", "chapter", "sequential", "vertical")
    components = sum(number for tag, number in written.items() if tag not in structure)
    assert components == counts.components + counts.nested_components
    assert set(files) <= {item.path for item in course.items}
    lesson_ids = [lesson.source_id for module in course.modules for lesson in module.lessons]
    assert len(lesson_ids) == len(set(lesson_ids))


def _write(tree: Tree, files: dict[str, str | bytes], numbers: Counter[str]) -> str:
    """The item's XML, having put what is apart into `files`."""
    numbers[tree.tag] += 1
    name = f"{tree.tag}{numbers[tree.tag]}"
    inside = "".join(_write(child, files, numbers) for child in tree.children)
    if tree.tag == "video":
        inside = '<source src="https://example.org/film.mp4"/>'
    if tree.tag == "html" and tree.apart:
        files[f"html/{name}.html"] = tree.title
        inside = ""
    filename = f' filename="{name}"' if tree.tag == "html" and tree.apart else ""
    whole = f"<{tree.tag} display_name={quoteattr(tree.title)}{filename}>{inside}</{tree.tag}>"
    if tree.apart:
        files[f"{tree.tag}/{name}.xml"] = whole
        return f'<{tree.tag} url_name="{name}"/>'
    return whole.replace(" ", f' url_name="{name}" ', 1)


def _walk(tree: Tree) -> list[Tree]:
    return [tree, *(item for child in tree.children for item in _walk(child))]


def _outline(course: Tree) -> list[tuple[str, list[tuple[str, str, list[str]]]]]:
    """What the course should become, straight from the tree."""
    return [
        (
            chapter.title,
            [
                (
                    part.title,
                    unit.title,
                    [
                        leaf.title
                        for leaf in _walk(unit)[1:]
                        if leaf.tag not in ("library_content", "wrapper")
                    ],
                )
                for part in chapter.children
                for unit in part.children
            ],
        )
        for chapter in course.children
    ]
