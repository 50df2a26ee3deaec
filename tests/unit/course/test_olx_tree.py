"""What becomes of the tree of an OLX course, in each of the shapes that tools write it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from academe.services.course.html import sanitise
from academe.services.course.olx import ImportedCourse, ImportedLesson, Outcome, Reason, Refusal
from tests.support.olx import SMALL_COURSE, inline_course, read, row

UNIT = "course.xml#chapter[1]/sequential[1]/vertical[1]"


def lessons(course: ImportedCourse) -> list[ImportedLesson]:
    return [lesson for module in course.modules for lesson in module.lessons]


def test_a_course_in_many_files(tmp_path: Path) -> None:
    course = read(tmp_path, SMALL_COURSE)
    (module,) = course.modules
    (lesson,) = module.lessons
    (block,) = lesson.blocks

    assert (course.title, course.course_key) == ("Small", "Org+Num+run")
    assert (module.source_id, module.title) == ("one", "One")
    assert (lesson.source_id, lesson.title, lesson.section, lesson.required) == ("unit", "Unit", "1st", True)
    assert (block.source_id, block.title, block.html) == ("text", "Text", "<p>Hello.</p>")
    assert [(item.path, item.item_type, item.outcome) for item in course.items] == [
        ("course/course/run.xml", "course", Outcome.IMPORTED),
        ("course/course.xml", "pointer", Outcome.IMPORTED),
        ("course/chapter/one.xml", "chapter", Outcome.IMPORTED),
        ("course/sequential/first.xml", "sequential", Outcome.IMPORTED),
        ("course/vertical/unit.xml", "vertical", Outcome.IMPORTED),
        ("course/html/text.xml", "html", Outcome.IMPORTED),
        ("course/html/text.html", "html_body", Outcome.IMPORTED),
    ]


def test_a_course_in_one_file(tmp_path: Path) -> None:
    """Authors who write OLX by hand nest everything; each item has a row by its place in the file."""
    course = read(
        tmp_path, inline_course('<html display_name="T"><p>a</p></html><problem><p>b</p></problem>')
    )
    (lesson,) = lessons(course)

    assert [block.html for block in lesson.blocks] == ["<p>a</p>", "<p>b</p>"]
    assert [item.path for item in course.items if item.is_component] == [
        f"{UNIT}/html[1]",
        f"{UNIT}/problem[2]",
    ]


@pytest.mark.parametrize("root", ["", "course/", "my export 2026/"])
def test_the_course_may_be_in_any_folder(tmp_path: Path, root: str) -> None:
    """Ids do not depend on how the folder is called, so that the next export finds the same lessons."""
    files = {root + name.removeprefix("course/"): text for name, text in SMALL_COURSE.items()}
    course = read(tmp_path, files)
    reference = read(tmp_path, SMALL_COURSE)

    assert course.modules == reference.modules
    assert len(course.items) == len(files)


def test_a_folder_called_course_inside_the_course(tmp_path: Path) -> None:
    """`course/course.xml` is the definition of a run called "course", not a course of its own."""
    files = {
        "course.xml": '<course url_name="course" org="O" course="C"/>',
        "course/course.xml": '<course display_name="Named"/>',
    }
    assert read(tmp_path, files).title == "Named"


def test_a_sequential_is_the_section_of_its_lessons(tmp_path: Path) -> None:
    course = read(
        tmp_path,
        {
            "course.xml": """<course org="O" course="C" url_name="r"><chapter display_name="M">
              <sequential display_name="Reading">
                <vertical display_name="a"/><vertical display_name="b"/>
              </sequential>
              <sequential display_name="Exam" graded="true" format="Final">
                <vertical display_name="c"/>
              </sequential>
              <vertical display_name="d"/>
            </chapter></course>"""
        },
    )
    assert [(lesson.section, lesson.title) for lesson in lessons(course)] == [
        ("Reading", "a"), ("Reading", "b"), ("Exam", "c"), ("", "d"),
    ]  # fmt: skip
    exam = row(course, "course.xml#chapter[1]/sequential[2]")
    assert (exam.outcome, exam.reason) == (Outcome.DEGRADED, Reason.SETTINGS)
    assert "format, graded" in exam.detail


def test_a_component_right_in_a_sequential_is_a_lesson(tmp_path: Path) -> None:
    """Courses from before there were verticals are built so."""
    xml = (
        '<course org="O" course="C" url_name="r"><chapter><sequential display_name="S">'
        '<problem url_name="p" display_name="Quiz"><p>Why?</p></problem></sequential></chapter></course>'
    )
    (lesson,) = lessons(read(tmp_path, {"course.xml": xml}))
    assert (lesson.title, lesson.section, lesson.source_id) == ("Quiz", "S", "p")
    assert [block.html for block in lesson.blocks] == ["<p>Why?</p>"]


def test_what_has_no_title_is_called_untitled(tmp_path: Path) -> None:
    course = read(
        tmp_path, {"course.xml": "<course><chapter><sequential><vertical/></sequential></chapter></course>"}
    )
    assert (course.title, course.course_key) == ("Untitled course", "++")
    assert course.modules[0].title == "Untitled"
    assert lessons(course)[0].title == "Untitled"


def test_titles_are_one_clean_line(tmp_path: Path) -> None:
    course = read(tmp_path, inline_course('<html display_name="  a&#10;b&#9;&#x85; c  ">x</html>'))
    assert lessons(course)[0].blocks[0].title == "a b c"


def test_the_policy_of_the_run_overrides_names(tmp_path: Path) -> None:
    """As older exports have it, and the platform that wrote them reads it."""
    policy = """{"course/run": {"display_name": "By policy", "language": "pt_BR",
                                "lti_passports": ["a:b:hidden"]},
                 "vertical/unit": {"display_name": "Unit by policy"},
                 "html/text": {"visible_to_staff_only": true}}"""
    course = read(tmp_path, {**SMALL_COURSE, "course/policies/run/policy.json": policy})

    assert (course.title, course.language) == ("By policy", "pt-BR")
    assert lessons(course)[0].title == "Unit by policy"
    assert lessons(course)[0].blocks == ()
    assert row(course, "course/policies/run/policy.json").reason is Reason.SETTINGS
    assert "hidden" not in repr(course)


@pytest.mark.parametrize(
    ("given", "understood"),
    [("en", "en"), ("zh_HANS", "zh-HANS"), ("", ""), ("no language at all", ""), ("e" * 90, "")],
)
def test_the_language_is_a_tag_or_unknown(tmp_path: Path, given: str, understood: str) -> None:
    assert read(tmp_path, inline_course("", course=f'language="{given}"')).language == understood


def test_the_description_is_the_overview_or_else_the_short_one(tmp_path: Path) -> None:
    short = {"course/about/short_description.html": "Short."}
    both = {**short, "course/about/overview.html": "<p>Long.</p>"}
    too_long = {**short, "course/about/overview.html": "x" * 20_001}

    assert read(tmp_path, SMALL_COURSE | short).description == "Short."
    course = read(tmp_path, SMALL_COURSE | both)
    assert course.description == "<p>Long.</p>"
    assert row(course, "course/about/short_description.html").reason is Reason.NO_PLACE
    course = read(tmp_path, SMALL_COURSE | too_long)
    assert course.description == "Short."
    assert row(course, "course/about/overview.html").reason is Reason.TOO_LONG


def test_a_reference_to_a_missing_file_is_told(tmp_path: Path) -> None:
    files = {
        **SMALL_COURSE,
        "course/vertical/unit.xml": '<vertical><html url_name="gone"/><html url_name="text"/></vertical>',
    }
    course = read(tmp_path, files)
    gone = row(course, "course/vertical/unit.xml#html[1]")

    assert (gone.item_type, gone.source_id, gone.reason) == ("html", "gone", Reason.DANGLING_REFERENCE)
    assert [block.source_id for block in lessons(course)[0].blocks] == ["text"]


def test_a_reference_to_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    files = {**SMALL_COURSE, "course/html/text.xml": "<video/>"}
    course = read(tmp_path, files)
    assert row(course, "course/html/text.xml").reason is Reason.WRONG_TYPE
    assert row(course, "course/html/text.html").reason is Reason.UNREACHABLE


@pytest.mark.parametrize("container", ["vertical", "wrapper"])
def test_items_that_hold_themselves_are_told(tmp_path: Path, container: str) -> None:
    files = inline_course(f'<{container} url_name="a"/>') | {
        f"{container}/a.xml": f'<{container}><{container} url_name="b"/></{container}>',
        f"{container}/b.xml": f'<{container}><{container} url_name="a"/><{container} url_name="b"/>'
        f"</{container}>",
    }
    course = read(tmp_path, files)
    assert row(course, f"{container}/b.xml#{container}[1]").reason is Reason.CIRCULAR_REFERENCE
    assert row(course, f"{container}/b.xml#{container}[2]").reason is Reason.CIRCULAR_REFERENCE


def test_an_item_stays_at_the_first_of_two_places(tmp_path: Path) -> None:
    files = {
        **SMALL_COURSE,
        "course/vertical/unit.xml": '<vertical><html url_name="text"/><html url_name="text"/></vertical>',
    }
    course = read(tmp_path, files)
    assert [block.source_id for block in lessons(course)[0].blocks] == ["text"]
    assert row(course, "course/vertical/unit.xml#html[2]").reason is Reason.DUPLICATE_REFERENCE


def test_items_that_share_an_id_are_told_apart(tmp_path: Path) -> None:
    """In archives an id is unique for its tag only, and by hand not even that."""
    unit = (
        '<html url_name="x">1</html><problem url_name="x">2</problem>'
        '<html url_name="x">3</html><html>4</html>'
    )
    blocks = lessons(read(tmp_path, inline_course(unit)))[0].blocks
    assert [block.html for block in blocks] == ["1", "2", "3", "4"]
    assert [block.source_id for block in blocks[:3]] == ["x", "problem/x", "html/x"]
    assert len({block.source_id for block in blocks}) == 4


def test_what_only_staff_may_see_is_left_out_with_all_it_holds(tmp_path: Path) -> None:
    """It would become visible to learners merely by being moved here."""
    hidden = '<sequential visible_to_staff_only="true"><vertical url_name="unit"/></sequential>'
    files = {**SMALL_COURSE, "course/sequential/first.xml": hidden}
    course = read(tmp_path, files)

    assert lessons(course) == []
    for path in ("sequential/first.xml", "vertical/unit.xml", "html/text.xml", "html/text.html"):
        assert row(course, f"course/{path}").reason is Reason.STAFF_ONLY
    assert course.source_counts.components == 1


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("library_content", Reason.RANDOM_SELECTION),
        ("itembank", Reason.RANDOM_SELECTION),
        ("split_test", Reason.CONDITIONS),
        ("conditional", Reason.CONDITIONS),
        ("wrapper", None),
    ],
)
def test_components_that_hold_others_are_laid_out(tmp_path: Path, tag: str, reason: Reason | None) -> None:
    unit = f"<{tag}><html>a</html><vertical><html>b</html></vertical></{tag}><html>c</html>"
    course = read(tmp_path, inline_course(unit))

    assert [block.html for block in lessons(course)[0].blocks] == ["a", "b", "c"]
    assert row(course, f"{UNIT}/{tag}[1]").reason is reason
    assert (course.source_counts.components, course.source_counts.nested_components) == (2, 3)


def test_items_in_places_where_they_cannot_be_are_told(tmp_path: Path) -> None:
    course = read(
        tmp_path,
        inline_course(
            "<chapter><html>hidden</html></chapter>",
            after="<sequential><vertical/></sequential><wiki slug='w'/>",
        ),
    )
    assert row(course, f"{UNIT}/chapter[1]").reason is Reason.MISPLACED
    assert row(course, f"{UNIT}/chapter[1]/html[1]").reason is Reason.MISPLACED
    assert row(course, "course.xml#sequential[2]/vertical[1]").reason is Reason.MISPLACED
    assert row(course, "course.xml#wiki[3]").reason is Reason.NO_PLACE
    assert "hidden" not in repr(course.modules)


def test_items_right_in_a_chapter_are_told(tmp_path: Path) -> None:
    """Tabs and the like; a lesson is in a sequential or is a vertical."""
    xml = "<course><chapter><html>a</html><sequential><done/><chapter/></sequential></chapter></course>"
    course = read(tmp_path, {"course.xml": xml})
    assert row(course, "course.xml#chapter[1]/html[1]").reason is Reason.MISPLACED
    assert row(course, "course.xml#chapter[1]/sequential[2]/chapter[2]").reason is Reason.MISPLACED
    assert lessons(course) == []  # the button has nothing to show, so it makes no lesson


def test_a_lesson_holds_no_more_than_the_contract_allows(tmp_path: Path) -> None:
    course = read(tmp_path, inline_course("<html>x</html>" * 502))
    assert len(lessons(course)[0].blocks) == 500
    assert [item.reason for item in course.items].count(Reason.LESSON_FULL) == 2


@pytest.mark.parametrize(
    "text",
    [
        "&" * 250_000,
        "\N{NO-BREAK SPACE}" * 250_000,
        "\N{GRINNING FACE}" * 250_000,
        "<" * 50_000,
        "<a>x</a>" * 5_000,
        "<tr>" * 9_000,
        "<p title='" + '"' * 200_000 + "'>x</p>",
    ],
)
def test_a_lesson_of_texts_that_grow_when_served(tmp_path: Path, text: str) -> None:
    """A small archive must not make a lesson that is larger than a reply may be."""
    files = inline_course("<html filename='body'/>" * 60 + "<video youtube_id_1_0='abc'/>")
    course = read(tmp_path, {**files, "html/body.html": text})
    (lesson,) = lessons(course)

    assert 0 < len(lesson.blocks) < 60
    assert len(sanitise(text).encode()) * len(lesson.blocks) <= 2 * 1024 * 1024
    assert [item.reason for item in course.items].count(Reason.LESSON_FULL) == 61 - len(lesson.blocks)
    # The lesson ends where it is full, so the film that follows is not in it either.
    assert row(course, f"{UNIT}/video[61]").reason is Reason.LESSON_FULL


def test_formatting_that_every_paragraph_opens_again(tmp_path: Path) -> None:
    """Left open, it is not served once for each paragraph after it, so the lesson has room for it."""
    text = f'<p><b title="{"y" * 20_000}">x</p>' + "<p>x</p>" * 1_000
    course = read(tmp_path, inline_course("<html filename='body'/>") | {"html/body.html": text})

    assert len(lessons(course)[0].blocks) == 1
    assert len(sanitise(text)) < 8 * len(text)


def test_a_lesson_of_nothing_but_long_addresses(tmp_path: Path) -> None:
    """Films may name many places each, which count as any text does."""
    sources = "".join(f"<source src='https://films.example/{n}{'x' * 1_900}'/>" for n in range(20))
    course = read(tmp_path, inline_course(f"<video>{sources}</video>" * 90))
    assert 40 < len(lessons(course)[0].blocks) < 60


def test_a_long_lesson_of_ordinary_text_is_kept_whole(tmp_path: Path) -> None:
    text = '<p>It is <a href="/x">no longer</a> than a <b>novel</b> &amp; its sequel.</p>\n' * 1_000
    course = read(tmp_path, inline_course(f"<html><![CDATA[{text}]]></html>" * 6))
    assert len(lessons(course)[0].blocks) == 6


@pytest.mark.parametrize(
    ("path", "item_type", "reason"),
    [
        ("course/static/a.png", "static", Reason.ASSET),
        ("course/static/page.html", "static", Reason.ASSET),
        ("course/assets/assets.xml", "asset_index", Reason.ASSET_INDEX),
        ("course/policies/assets.json", "asset_index", Reason.ASSET_INDEX),
        ("course/policies/run/grading_policy.json", "policy", Reason.GRADING_POLICY),
        ("course/policies/other/policy.json", "policy", Reason.NO_PLACE),
        ("course/about/duration.html", "about", Reason.NO_PLACE),
        ("course/info/updates.html", "info", Reason.NO_PLACE),
        ("course/tabs/page.html", "tab", Reason.NO_PLACE),
        ("course/drafts/vertical/new.xml", "draft", Reason.DRAFT),
        ("course/html/lost.html", "html", Reason.UNREACHABLE),
        ("course/vertical/lost.xml", "vertical", Reason.UNREACHABLE),
        ("course/README.md", "other", Reason.UNREACHABLE),
        ("LICENSE", "other", Reason.OUTSIDE_COURSE),
        ("course/._course.xml", "junk", Reason.JUNK),
        ("course/html/._text.html", "junk", Reason.JUNK),
        ("__MACOSX/course/course.xml", "junk", Reason.JUNK),
        ("course/.DS_Store", "junk", Reason.JUNK),
    ],
)
def test_files_outside_the_tree_are_told(tmp_path: Path, path: str, item_type: str, reason: Reason) -> None:
    course = read(tmp_path, {**SMALL_COURSE, path: b"\x00\xffwhatever it is"})
    found = row(course, path)
    assert (found.item_type, found.outcome, found.reason) == (item_type, Outcome.LEFT_OUT, reason)
    assert len(course.items) == len(SMALL_COURSE) + 1


def test_a_file_named_like_the_place_of_an_item(tmp_path: Path) -> None:
    """Both keep a row."""
    course = read(tmp_path, {**inline_course("<html>x</html>"), f"{UNIT}/html[1]": "tricky"})
    assert {f"{UNIT}/html[1]", f"{UNIT}/html[1]~"} <= {item.path for item in course.items}


def test_secrets_are_counted_and_not_told(tmp_path: Path) -> None:
    passports = "[&quot;tool:key-123:secret-456&quot;, &quot;b:c:d&quot;]"
    course = read(tmp_path, inline_course("", course=f'lti_passports="{passports}" other="1"'))
    (item,) = [item for item in course.items if item.item_type == "course"]

    assert item.reason is Reason.SECRETS
    assert "(2)" in item.detail
    assert "secret-456" not in repr(course)
    assert "key-123" not in repr(course)


def test_every_reason_is_explained_to_authors() -> None:
    """A code in a report or a refusal that the page on imports does not know helps nobody."""
    page = (Path(__file__).parents[3] / "docs" / "imports.md").read_text()
    for code in [*Reason, *Refusal]:
        assert code in page


def test_secrets_of_an_unknown_shape_are_told_all_the_same(tmp_path: Path) -> None:
    course = read(tmp_path, inline_course("", course='lti_passports="tool:key-123:secret-456"'))
    (item,) = [item for item in course.items if item.item_type == "course"]
    assert item.reason is Reason.SECRETS
    assert "secret-456" not in repr(course)
