"""The algebra of progress, without a database."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.services.enrollment.model import (
    Enrollment,
    EnrollmentState,
    LessonEvent,
    LessonProgress,
    LessonState,
    ProgressSummary,
    Syllabus,
    progress_of,
    state_reached,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_enrollment(state: EnrollmentState, required: int = 2, completed: int = 0) -> Enrollment:
    complete_time = NOW if state is EnrollmentState.COMPLETED else None
    return Enrollment(
        uuid4(),
        uuid4(),
        uuid4(),
        1,
        state,
        ProgressSummary(required, completed),
        3,
        NOW,
        NOW,
        complete_time,
    )


@given(st.integers(0, 100_000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_percent_is_the_floor_and_100_exactly_when_everything_is_done(counts: tuple[int, int]) -> None:
    """However many lessons there are, the percentage stays within 0 and 100 and never rounds up to 100."""
    required, completed = counts
    percent = ProgressSummary(required, completed).percent

    assert 0 <= percent <= 100
    assert (percent == 100) == (required > 0 and completed == required)
    if required:
        assert percent == math.floor(100 * completed / required)


@given(st.integers(1, 10_000))
def test_percent_never_falls_while_lessons_are_done(required: int) -> None:
    """One more lesson done is never a lower percentage."""
    percents = [
        ProgressSummary(required, done).percent for done in range(0, required + 1, max(1, required // 50))
    ]

    assert percents == sorted(percents)


def test_a_course_without_lessons_is_at_zero() -> None:
    """learnhouse #545: an empty course showed NaN. It is 0, and is not completed."""
    syllabus = Syllabus.of([])

    assert syllabus.required_lessons == 0
    assert ProgressSummary(syllabus.required_lessons, 0).percent == 0


def test_optional_lessons_do_not_count_beside_required_ones() -> None:
    """Two of three lessons are asked for."""
    first, second, third = uuid4(), uuid4(), uuid4()

    syllabus = Syllabus.of([(first, True), (second, False), (third, True)])

    assert syllabus.required_lessons == 2
    assert list(syllabus.counts.items()) == [(first, True), (second, False), (third, True)]


def test_a_course_that_requires_nothing_asks_for_everything() -> None:
    """Otherwise its learners would have completed it before they opened it, or never could."""
    lessons = [uuid4() for _ in range(3)]

    syllabus = Syllabus.of([(lesson, False) for lesson in lessons])

    assert syllabus.required_lessons == 3
    assert all(syllabus.counts.values())


@given(st.lists(st.booleans(), max_size=60))
def test_something_is_asked_for_unless_there_is_nothing(required: list[bool]) -> None:
    """A course with lessons can be completed, and not without doing any of them."""
    syllabus = Syllabus.of([(uuid4(), flag) for flag in required])

    assert syllabus.required_lessons == sum(syllabus.counts.values())
    assert syllabus.required_lessons == (sum(required) or len(required))


def test_the_order_of_events_does_not_matter() -> None:
    """A lesson stands where its furthest event brought it."""
    for events in itertools.product(LessonEvent, repeat=3):
        reached = {max(map(state_reached, order)) for order in itertools.permutations(events)}

        assert len(reached) == 1
        assert (LessonState.DONE in reached) == (LessonEvent.VIEWED in events)


def test_leaving_drops_an_active_enrollment() -> None:
    """Its counts stay; its version grows, since it changed."""
    later = NOW + timedelta(days=1)
    before = make_enrollment(EnrollmentState.ACTIVE, 3, 1)

    after = before.left(later)

    assert after.state is EnrollmentState.DROPPED
    assert after.summary == before.summary
    assert (after.version, after.update_time) == (before.version + 1, later)


@pytest.mark.parametrize("state", [EnrollmentState.COMPLETED, EnrollmentState.DROPPED])
def test_leaving_changes_nothing_else(state: EnrollmentState) -> None:
    """A completed enrollment stays completed, and nobody leaves twice."""
    enrollment = make_enrollment(state, 2, 2 if state is EnrollmentState.COMPLETED else 1)

    assert enrollment.left(NOW) is enrollment


def test_progress_lists_every_lesson_in_course_order() -> None:
    """Lessons that were not started are there, too, and say whether they count."""
    first, second, third = (uuid4() for _ in range(3))
    done = LessonProgress(second, LessonState.DONE, True, NOW, NOW)
    syllabus = Syllabus.of([(first, True), (second, True), (third, False)])

    progress = progress_of(make_enrollment(EnrollmentState.ACTIVE), syllabus, {second: done})

    assert progress.lessons == (
        LessonProgress(first, LessonState.NOT_STARTED, True, None, None),
        done,
        LessonProgress(third, LessonState.NOT_STARTED, False, None, None),
    )


@pytest.mark.parametrize(
    ("ours", "contract", "prefix"),
    [
        (EnrollmentState, pb.EnrollmentState, "ENROLLMENT_STATE_"),
        (LessonState, pb.LessonState, "LESSON_STATE_"),
        (LessonEvent, pb.LessonEvent, "LESSON_EVENT_"),
    ],
)
def test_numbers_are_those_of_the_contract(ours: type, contract: object, prefix: str) -> None:
    """The names and numbers in the code, which are also those in the tables, are the ones on the wire."""
    wire = {name.removeprefix(prefix): number for name, number in contract.items()}  # type: ignore[attr-defined]
    del wire["UNSPECIFIED"]

    assert {one.name: one.value for one in ours} == wire  # type: ignore[attr-defined]
