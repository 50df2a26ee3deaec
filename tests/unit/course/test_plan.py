"""From an archive to rows: the same ids every time, and nothing that cannot be stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from academe.api.course.v1 import course_service_pb2
from academe.ids import new_id
from academe.services.course.imports.model import ImportOutcome
from academe.services.course.imports.plan import OUTCOMES, derived_id, plan_draft, storable
from academe.services.course.lessons.blocks import Html, Placeholder, Video, blocks_of
from academe.services.course.olx import (
    BlockKind,
    ImportedBlock,
    ImportedCourse,
    ImportedLesson,
    ImportedModule,
    ImportedVideo,
    ImportItem,
    Outcome,
    Reason,
    SourceCounts,
)

COUNTS = SourceCounts(1, 1, 1, 3, 0, 1, 1)
PROBLEM = ImportedBlock(
    "q", BlockKind.PROBLEM, "problem", "Question", "<p>?</p>", source='<problem correct="true"/>'
)
FILM = ImportedBlock(
    "f",
    BlockKind.VIDEO,
    "video",
    "Film",
    "",
    ImportedVideo(("https://example.org/a",), "yt", (("en", "a.srt"),), 3, None),
)
TEXT = ImportedBlock("t", BlockKind.HTML, "html", "Text", "<p>a</p>")


def course(*lessons: ImportedLesson, title: str = "Ropework") -> ImportedCourse:
    items = (
        ImportItem("a.xml", "html", "t", "Text", Outcome.IMPORTED, None, ""),
        ImportItem("b.png", "static", "", "", Outcome.LEFT_OUT, Reason.ASSET, "Not stored."),
    )
    modules = (ImportedModule("m", "Bends", lessons),)
    return ImportedCourse(title, "o+c+r", "en", "About", modules, items, COUNTS)


LESSON = ImportedLesson("l", "Sheet bend", "In use", True, (TEXT, FILM, PROBLEM))


def test_a_plan_is_the_same_every_time() -> None:
    """For one course; another course shares no id with it."""
    one, other = new_id(), new_id()
    plan = plan_draft(one, course(LESSON))

    assert plan == plan_draft(one, course(LESSON))
    elsewhere = plan_draft(other, course(LESSON))
    assert {plan.modules[0].module_id, plan.lessons[0].lesson_id}.isdisjoint(
        {elsewhere.modules[0].module_id, elsewhere.lessons[0].lesson_id}
    )


def test_everything_is_in_the_plan() -> None:
    """Blocks by kind; what is not shown is kept as their source."""
    plan = plan_draft(new_id(), course(LESSON))
    (lesson,) = plan.lessons
    text, film, problem = blocks_of(plan.contents[lesson.content_hash])

    assert (lesson.title, lesson.section, lesson.optional) == ("Sheet bend", "In use", False)
    assert lesson.module_id == plan.modules[0].module_id
    assert text.content == Html("<p>a</p>")
    assert film.content == Video(("https://example.org/a",), "yt")
    assert problem.content == Placeholder("problem", "<p>?</p>")
    assert problem.source is not None
    assert problem.source["xml"] == '<problem correct="true"/>'
    assert film.source is not None
    assert film.source["start_seconds"] == 3
    assert [item.position for item in plan.items] == [1, 2]
    assert (plan.count(ImportOutcome.IMPORTED), plan.count(ImportOutcome.LEFT_OUT)) == (1, 1)
    assert plan.items[0].reason == ""
    assert plan.items[1].reason == "ASSET"


def test_a_lesson_that_is_not_required_is_optional() -> None:
    """The contract says it the other way round."""
    extra = ImportedLesson("x", "Extra", "", False, ())

    assert plan_draft(new_id(), course(extra)).lessons[0].optional


def test_every_outcome_has_its_number() -> None:
    """A new one in the reader does not break imports at run time."""
    assert set(OUTCOMES) == set(Outcome)
    assert set(OUTCOMES.values()) == set(ImportOutcome)


def test_outcomes_are_numbered_as_in_the_contract() -> None:
    """They are sent as they are stored."""
    numbers = dict(course_service_pb2.ImportOutcome.items())

    assert numbers.pop("IMPORT_OUTCOME_UNSPECIFIED") == 0
    assert {f"IMPORT_OUTCOME_{outcome.name}": outcome.value for outcome in ImportOutcome} == numbers


@given(st.text(), st.text())
def test_derived_ids_are_uuids_of_version_7(one: str, other: str) -> None:
    """With the parent's time, so that they lie beside each other; different for different names."""
    parent = new_id()
    derived = derived_id(parent, "lesson", one)

    assert derived.version == 7
    assert derived.variant == "specified in RFC 4122"
    assert derived.int >> 80 == parent.int >> 80
    assert derived == derived_id(parent, "lesson", one)
    assert derived != derived_id(parent, "module", one)
    same = one.encode("utf-8", "replace") == other.encode("utf-8", "replace")
    assert (derived == derived_id(parent, "lesson", other)) == same


@given(st.text())
def test_what_is_storable_is_text_in_utf_8_without_nul(text: str) -> None:
    """And text that was so already is untouched."""
    kept = storable(text)

    assert "\0" not in kept
    kept.encode()
    assert storable(kept) == kept


def test_titles_from_archives_are_storable() -> None:
    """JSON can hold what no database can."""
    plan = plan_draft(new_id(), course(title="a\0b\ud800"))

    assert plan.fields.title == "ab?"
