"""Who sees which version of a course."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from academe.caller import Caller, Role
from academe.errors import InvalidArgument
from academe.ids import new_id
from academe.services.course.model import Course, CourseVersion, check_texts, facts_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EDUCATOR, ANYBODY = new_id(), new_id()
DRAFT = CourseVersion("Draft", "", "en", 2, 5, 7, NOW)
PUBLISHED = CourseVersion("Published", "", "en", 1, 3, 4, NOW)


def course(*, published: bool, deleted: bool = False) -> Course:
    return Course(
        course_id=new_id(),
        educator_ids=(EDUCATOR,),
        draft=DRAFT,
        published=PUBLISHED if published else None,
        published_revision=3 if published else 0,
        first_publish_time=NOW if published else None,
        create_time=NOW,
        delete_time=NOW if deleted else None,
    )


def caller(user_id: object, *roles: Role) -> Caller:
    return Caller(user_id, new_id(), frozenset(roles), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("deleted", [True, False])
@pytest.mark.parametrize(
    "editor",
    [
        caller(EDUCATOR, Role.EDUCATOR),
        caller(EDUCATOR, Role.LEARNER),
        caller(ANYBODY, Role.ADMINISTRATOR),
    ],
    ids=["educator", "educator who lost the role", "administrator"],
)
def test_those_who_edit_see_the_draft_always(editor: Caller, published: bool, deleted: bool) -> None:
    """Published or not, deleted or not."""
    assert course(published=published, deleted=deleted).version_for(editor) is DRAFT


@pytest.mark.parametrize("roles", [(), (Role.LEARNER,), (Role.EDUCATOR,)])
def test_others_see_what_is_published_and_not_deleted(roles: tuple[Role, ...]) -> None:
    """An educator of other courses is anybody here."""
    anybody = caller(ANYBODY, *roles)

    assert course(published=True).version_for(anybody) is PUBLISHED
    assert course(published=False).version_for(anybody) is None
    assert course(published=True, deleted=True).version_for(anybody) is None
    assert course(published=False, deleted=True).version_for(anybody) is None


def test_the_title_that_others_are_told_is_the_published_one() -> None:
    """The draft's until there is one."""
    assert facts_of(course(published=True)).title == "Published"
    assert facts_of(course(published=False)).title == "Draft"
    assert facts_of(course(published=True, deleted=True)).deleted


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "course.title"),
        ({"title": "a\0"}, "course.title"),
        ({"language": "\0"}, "course.language"),
    ],
)
def test_texts_that_no_course_can_have(fields: dict[str, object], field: str) -> None:
    """The field is named as in the request."""
    with pytest.raises(InvalidArgument) as refusal:
        check_texts(fields, of="course")

    assert refusal.value.violations[0].field == field


def test_texts_that_a_course_can_have() -> None:
    """Fields that are left out are not judged; only the title must be something to read."""
    check_texts({}, of="course")
    check_texts({"description": "", "language": ""}, of="course")
    check_texts({"title": "A"}, of="course")


@pytest.mark.parametrize("title", ["", "   ", "two\nlines", "a\u0007bell", "\u001b[31mred"])
def test_a_title_that_is_no_line_of_text(title: str) -> None:
    """Titles end up on certificates and in terminals."""
    with pytest.raises(InvalidArgument, match=r"course\.title"):
        check_texts({"title": title}, of="course")


@pytest.mark.parametrize("title", ["Größe", "课程", "دورة", "Crème 🍮 brûlée"])
def test_a_title_in_any_script(title: str) -> None:
    """What people write is accepted."""
    check_texts({"title": title, "description": "two\nlines"}, of="course")
