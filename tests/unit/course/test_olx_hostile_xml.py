"""XML made to do harm, or broken, inside an archive that is sound."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from academe.services.course.olx import ArchiveLimits, ArchiveRefused, Outcome, Reason, Refusal, read_olx
from academe.services.course.olx.archive import read_archive
from academe.services.course.olx.names import Names
from tests.support.olx import SMALL_COURSE, inline_course, patience, read, row, write_archive

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def refusal(
    folder: Path, files: dict[str, str | bytes], limits: ArchiveLimits | None = None
) -> ArchiveRefused:
    path = write_archive(folder, files)
    started = time.thread_time()
    with pytest.raises(ArchiveRefused) as refused:
        read_olx(path, limits=limits or ArchiveLimits())
    assert time.thread_time() - started < patience(2)
    assert str(refused.value).endswith(".")
    return refused.value


def small_course_with(text: str | bytes) -> dict[str, str | bytes]:
    return {**SMALL_COURSE, "course/vertical/unit.xml": text}


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]><vertical display_name="&x;">&x;</vertical>',
        '<!DOCTYPE v SYSTEM "http://127.0.0.1/evil.dtd"><vertical/>',
        f'<!DOCTYPE v [<!ENTITY l0 "ha">{LAUGHS}]><vertical>&l9;</vertical>',
        f'<!DOCTYPE v [<!ENTITY l0 "ha">{LAUGHS}]><vertical display_name="&l9;"/>',
        '<!DOCTYPE v [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]><vertical/>',
        '<?xml version="1.0"?>\n<!-- a --><?pi b?>\n<!doctype html><vertical/>',
        f'<!DOCTYPE v [<!ENTITY a "{"a" * 100_000}">]><vertical>{"&a;" * 10_000}</vertical>',
        "<!DOCTYPE vertical><vertical/>".encode("utf-16"),
    ],
)
def test_document_types_and_entities(tmp_path: Path, text: str | bytes) -> None:
    """No file of the machine is read, nobody is called, nothing grows: they are refused before the parser."""
    refused = refusal(tmp_path, small_course_with(text))
    assert refused.reason == Refusal.XML_ENTITIES
    assert "course/vertical/unit.xml" in str(refused)
    assert "root:" not in str(refused)


def test_an_undeclared_entity_is_broken_xml(tmp_path: Path) -> None:
    assert refusal(tmp_path, small_course_with("<vertical>&nbsp;</vertical>")).reason == Refusal.XML_MALFORMED


def test_a_document_type_inside_an_example_is_text(tmp_path: Path) -> None:
    """A lesson on HTML quotes one; it declares nothing."""
    course = read(tmp_path, inline_course("<html><![CDATA[<!DOCTYPE html><p>Hi</p>]]></html>"))
    assert course.modules[0].lessons[0].blocks[0].html == "<!DOCTYPE html><p>Hi</p>"


@pytest.mark.parametrize("depth", [150, 300, 200_000])
def test_elements_nested_without_end(tmp_path: Path, depth: int) -> None:
    text = "<vertical>" + "<p>" * depth + "</p>" * depth + "</vertical>"
    limits = ArchiveLimits(xml_elements=1_000_000, ratio=10_000)
    assert refusal(tmp_path, small_course_with(text), limits).reason == Refusal.XML_TOO_DEEP


@pytest.mark.parametrize("number", [150_000, 250_000])
def test_more_elements_than_a_tree_may_have(tmp_path: Path, number: int) -> None:
    text = "<vertical>" + "<p/>" * number + "</vertical>"
    assert refusal(tmp_path, small_course_with(text)).reason == Refusal.XML_TOO_LARGE


def test_more_attributes_than_an_element_may_have(tmp_path: Path) -> None:
    """Looking at them one by one takes the square of their number: minutes for these."""
    text = "<vertical " + " ".join(f'a{number}=""' for number in range(300_000)) + "/>"
    assert refusal(tmp_path, small_course_with(text)).reason == Refusal.XML_TOO_LARGE


def test_a_file_that_is_too_long(tmp_path: Path) -> None:
    text = "<vertical>" + "x" * 5_000_000 + "</vertical>"
    assert (
        refusal(tmp_path, small_course_with(text), ArchiveLimits(ratio=10_000)).reason
        == Refusal.XML_TOO_LARGE
    )


def test_long_attributes_are_no_crime(tmp_path: Path) -> None:
    """Problems keep their Markdown in an attribute, and drag-and-drop exercises all they have."""
    course = read(tmp_path, inline_course(f'<problem markdown="{"m" * 200_000}"><p>Why?</p></problem>'))
    assert course.modules[0].lessons[0].blocks[0].html == "<p>Why?</p>"


def test_a_long_title_is_cut_and_said_to_be(tmp_path: Path) -> None:
    course = read(tmp_path, inline_course(f'<html display_name="{"long " * 40_000}">x</html>'))
    block = course.modules[0].lessons[0].blocks[0]
    assert len(block.title) == 200
    assert row(course, "course.xml#chapter[1]/sequential[1]/vertical[1]/html[1]").reason is Reason.TITLE_CUT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<vertical>",
        "<vertical></wrong>",
        "plain text",
        "<a/><b/>",
        '<vertical a="1" a="2"/>',
        "<vertical a=b/>",
    ],
)
def test_xml_that_is_none(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, small_course_with(text)).reason == Refusal.XML_MALFORMED


@pytest.mark.parametrize(
    "content",
    [
        "<vertical display_name='é'/>".encode("latin-1"),
        "<?xml version='1.0' encoding='utf-7'?><vertical/>",
        "<?xml version='1.0' encoding='cp1252'?><vertical/>",
        "<?xml version='1.0' encoding='rot13'?><vertical/>",
        "<?xml version='1.0' encoding='no-such-thing'?><vertical/>",
        "<?xml version='1.0' encoding='ascii'?><vertical display_name='é'/>",
        b"<vertical>\0</vertical>",
        b"\xff\xfe<\0",
        b"\xff\xfe\x00\xd8",
        b"<vertical>\xed\xa0\x80</vertical>",
    ],
)
def test_encodings_that_lie_or_are_not_taken(tmp_path: Path, content: str | bytes) -> None:
    refused = refusal(tmp_path, small_course_with(content))
    assert refused.reason in (Refusal.BAD_ENCODING, Refusal.XML_MALFORMED)
    assert refused.reason == Refusal.BAD_ENCODING or content == b"\xff\xfe<\0"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_that_are_taken(tmp_path: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?><vertical display_name="Über"/>'
    course = read(tmp_path, {**SMALL_COURSE, "course/vertical/unit.xml": text.encode(encoding)})
    assert course.modules[0].lessons[0].title == "Über"


@pytest.mark.parametrize("content", [b"caf\xe9", b"a\0b", "é".encode("utf-16")])
def test_html_that_is_not_utf_8(tmp_path: Path, content: bytes) -> None:
    refused = refusal(tmp_path, {**SMALL_COURSE, "course/html/text.html": content})
    assert refused.reason == Refusal.BAD_ENCODING
    assert "course/html/text.html" in str(refused)


def test_harm_in_a_file_that_nothing_refers_to_stays_there(tmp_path: Path) -> None:
    """It is not read, and the report says so."""
    text = '<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]><vertical>&x;</vertical>'
    course = read(tmp_path, {**SMALL_COURSE, "course/vertical/other.xml": text})
    assert row(course, "course/vertical/other.xml").reason is Reason.UNREACHABLE


def test_a_course_of_nothing_but_items(tmp_path: Path) -> None:
    """Each row of a report costs; an archive of a few kilobytes may not ask for millions."""
    refused = refusal(tmp_path, inline_course("<a/>" * 60_000))
    assert refused.reason == Refusal.TOO_MANY_ITEMS


def test_a_course_of_more_components_than_any_course_has(tmp_path: Path) -> None:
    """Each of them is built and inspected."""
    refused = refusal(tmp_path, inline_course("<a/>" * 15_000 + f"<wrapper>{'<a/>' * 5_000}</wrapper>"))
    assert refused.reason == Refusal.TOO_MANY_ITEMS
    assert "20,000 components" in str(refused)


@pytest.mark.parametrize("lesson", ["<vertical/>", '<vertical url_name="same" format=""/>', "<html>x</html>"])
def test_a_course_of_more_lessons_than_one_outline_can_show(tmp_path: Path, lesson: str) -> None:
    """As many as are allowed are taken; with one more nothing is, rather than a course without its end."""
    chapters = f"<chapter><sequential>{lesson * 1_000}</sequential></chapter>" * 2
    course = read(tmp_path, {"course.xml": f"<course>{chapters}</course>"})
    ids = {found.source_id for module in course.modules for found in module.lessons}
    assert len(ids) == 2_000

    one_more = f"<course>{chapters}<chapter><sequential>{lesson}</sequential></chapter></course>"
    assert refusal(tmp_path, {"course.xml": one_more}).reason == Refusal.TOO_MANY_LESSONS


def test_a_course_of_more_modules_than_one_outline_can_show(tmp_path: Path) -> None:
    assert len(read(tmp_path, {"course.xml": f"<course>{'<chapter/>' * 500}</course>"}).modules) == 500
    refused = refusal(tmp_path, {"course.xml": f"<course>{'<chapter/>' * 501}</course>"})
    assert refused.reason == Refusal.TOO_MANY_LESSONS


def test_thousands_of_components_that_share_one_long_text(tmp_path: Path) -> None:
    """A few kilobytes packed, which would take gigabytes of memory and of the database."""
    components = "<html filename='body'/>" * 8
    lesson = f"<vertical>{components}</vertical>"
    xml = f"<course><chapter><sequential>{lesson * 500}</sequential></chapter></course>"
    refused = refusal(tmp_path, {"course.xml": xml, "html/body.html": "x" * 250_000})
    assert refused.reason == Refusal.TOO_LARGE


def test_references_from_file_to_file_without_end(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = inline_course('<wrapper url_name="0"/>')
    for number in range(500):
        files[f"wrapper/{number}.xml"] = f'<wrapper><wrapper url_name="{number + 1}"/></wrapper>'
    assert refusal(tmp_path, files).reason == Refusal.XML_TOO_DEEP


@pytest.mark.parametrize(
    "policy", ["[" * 100_000, "{", '{"course/run": {"display_name": "\\ud800\\u0000"}}', "[]", "1e999"]
)
def test_policies_of_nonsense_change_nothing(tmp_path: Path, policy: str) -> None:
    """The policy is not needed to read the course; one that cannot be read is left out."""
    course = read(tmp_path, {**SMALL_COURSE, "course/policies/run/policy.json": policy})
    assert row(course, "course/policies/run/policy.json").outcome is not Outcome.IMPORTED
    course.title.encode()
    assert "\0" not in course.title


@pytest.mark.parametrize("url_name", ["", "same"])
def test_thousands_of_lessons_cost_the_same_each(url_name: str) -> None:
    """Whether each has its own id or all have one: finding a free name may not take the square of them."""
    names = Names()
    started = time.thread_time()
    for number in range(50_000):
        names.claim("vertical", url_name or str(number))
    assert time.thread_time() - started < patience(1)
    assert len(names) == 50_000


def test_a_numbered_name_that_another_item_already_has() -> None:
    names = Names()
    given = [("a", "x"), ("a", "a/x~2"), ("a", "x"), ("a", "x"), ("b", "x"), ("a", "x")]
    assert [names.claim(*item) for item in given] == ["x", "a/x~2", "a/x", "a/x~3", "b/x", "a/x~4"]


def test_a_reading_cancelled_after_the_archive_was_unpacked(tmp_path: Path) -> None:
    """What is left is to follow the tree, which takes longest; a server that stops cannot wait for it."""
    path = write_archive(tmp_path, inline_course("<html>x</html>" * 400))
    unpacking: list[tuple[int, int]] = []
    read_archive(path, ArchiveLimits(), lambda *progress: unpacking.append(progress))
    calls: list[tuple[int, int]] = []

    def cancel_in_the_tree(*progress: int) -> None:
        calls.append((progress[0], progress[1]))
        if len(calls) == len(unpacking) + 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_olx(path, progress=cancel_in_the_tree)
    assert len(calls) == len(unpacking) + 3
    assert calls[-1] == (path.stat().st_size, path.stat().st_size)


def nested_polls(root: str) -> dict[str, str | bytes]:
    inner = "<poll/>" * 2_000
    unit = "<library_content>" * 90 + inner + "</library_content>" * 90
    return {root + name: text for name, text in inline_course(unit).items()}


def test_containers_in_containers_do_not_multiply_the_report(tmp_path: Path) -> None:
    """Each row has the whole way to its item; thousands of rows below ninety levels would be megabytes."""
    course = read(tmp_path, nested_polls("f" * 255 + "/"))
    paths = [item.path for item in course.items]
    assert max(map(len, paths)) <= 1_024
    assert len(set(paths)) == len(paths) > 2_000
    assert sum(path.endswith("/library_content[1]/poll[2000]") for path in paths) == 1


def test_ids_of_deep_items_do_not_depend_on_the_folder(tmp_path: Path) -> None:
    """The next export, in a folder of another name, is the same course."""
    assert read(tmp_path, nested_polls("a/")).modules == read(tmp_path, nested_polls("other/")).modules
