"""Progress in the database is what a few lines of Python say it should be, however reports come in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academe.db.pool import Pool
from academe.services.enrollment import EnrollmentRepository, EnrollmentService
from academe.services.enrollment.model import (
    EnrollmentState,
    LessonEvent,
    LessonState,
    Progress,
    ProgressUpdate,
)
from tests.support.enrollments import InventedCourses, make_learner, miscounted

START = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Report:
    """One UpdateProgress: learner and lesson by number."""

    learner: int
    lesson: int
    event: LessonEvent


class Clock:
    """Every reading is a second after the one before."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Model:
    """The events of each lesson of one learner; everything is computed from them anew."""

    required: Sequence[bool]
    events: dict[int, list[tuple[LessonEvent, datetime]]] = field(default_factory=dict)

    def state(self, lesson: int) -> LessonState:
        seen = {event for event, _ in self.events.get(lesson, [])}
        if LessonEvent.VIEWED in seen:
            return LessonState.DONE
        return LessonState.IN_PROGRESS if seen else LessonState.NOT_STARTED

    def times(self, lesson: int) -> tuple[datetime | None, datetime | None]:
        events = self.events.get(lesson, [])
        start = min((time for _, time in events), default=None)
        return start, min((time for event, time in events if event is LessonEvent.VIEWED), default=None)

    def counting(self) -> list[int]:
        marked = [number for number, required in enumerate(self.required) if required]
        return marked or list(range(len(self.required)))

    def check(self, progress: Progress) -> None:
        counting = self.counting()
        done = [number for number in counting if self.state(number) is LessonState.DONE]
        complete = bool(counting) and len(done) == len(counting)
        enrollment = progress.enrollment

        assert enrollment.summary.required_lessons == len(counting)
        assert enrollment.summary.completed_lessons == len(done)
        assert enrollment.summary.percent == (100 * len(done) // len(counting) if counting else 0)
        assert (enrollment.state is EnrollmentState.COMPLETED) == complete
        assert enrollment.complete_time == (
            max(time for number in done if (time := self.times(number)[1])) if complete else None
        )
        for number, lesson in enumerate(progress.lessons):
            assert lesson.state is self.state(number)
            assert lesson.required == (number in counting)
            assert (lesson.start_time, lesson.complete_time) == self.times(number)


REQUIRED = st.lists(st.booleans(), min_size=1, max_size=7)
REPORTS = st.lists(
    st.builds(
        Report, learner=st.integers(0, 2), lesson=st.integers(0, 6), event=st.sampled_from(LessonEvent)
    ),
    max_size=40,
)
WAVES = st.lists(REPORTS, min_size=1, max_size=4)
"""Reports of a wave are in flight together and become batches as they happen to; waves follow each other."""


async def play(
    pool: Pool, required: Sequence[bool], waves: Sequence[Sequence[Report]]
) -> tuple[list[Progress], list[list[ProgressUpdate]]]:
    """Three learners do the reports; what became of each learner, and the replies of each wave."""
    courses, clock = InventedCourses(), Clock()
    outline = courses.publish(required)
    service = EnrollmentService(EnrollmentRepository(pool), courses, clock=clock)
    learners = [make_learner() for _ in range(3)]
    enrollments = [await service.enroll(learner, outline.course_id, None) for learner in learners]
    models = [Model(required) for _ in learners]
    # One report before the clock counts, so that every learner's pin is known and the calls of a wave read
    # the clock in their own order.
    for learner, enrollment, model in zip(learners, enrollments, models, strict=True):
        await service.update_progress(
            learner, enrollment.enrollment_id, outline.lessons[0].lesson_id, LessonEvent.OPENED
        )
        model.events.setdefault(0, []).append((LessonEvent.OPENED, clock.now))
    replies: list[list[ProgressUpdate]] = []
    for wave in waves:
        calls = []
        expected = clock.now
        for report in wave:
            lesson = report.lesson % len(required)
            calls.append(
                service.update_progress(
                    learners[report.learner],
                    enrollments[report.learner].enrollment_id,
                    outline.lessons[lesson].lesson_id,
                    report.event,
                )
            )
            expected += timedelta(seconds=1)
            models[report.learner].events.setdefault(lesson, []).append((report.event, expected))
        replies.append(await asyncio.gather(*calls))
        assert clock.now == expected
    progresses = [
        await service.get_progress(learner, enrollment.enrollment_id)
        for learner, enrollment in zip(learners, enrollments, strict=True)
    ]
    for model, progress in zip(models, progresses, strict=True):
        model.check(progress)
    assert await miscounted(pool) == []
    return progresses, replies


def outline_of(progress: Progress) -> tuple[object, ...]:
    """What a learner achieved, without ids: lessons by their place, and all times."""
    enrollment = progress.enrollment
    lessons = tuple(
        (lesson.state, lesson.required, lesson.start_time, lesson.complete_time)
        for lesson in progress.lessons
    )
    return enrollment.state, enrollment.summary, enrollment.complete_time, enrollment.update_time, lessons


@settings(max_examples=60, deadline=None)
@given(required=REQUIRED, waves=WAVES)
async def test_progress_is_what_the_events_say(
    pool: Pool, required: list[bool], waves: list[list[Report]]
) -> None:
    """Random courses; random, repeated, disordered and simultaneous reports of three learners."""
    await play(pool, required, waves)


@settings(max_examples=40, deadline=None)
@given(required=REQUIRED, reports=REPORTS)
async def test_reports_in_one_batch_do_what_they_do_one_by_one(
    pool: Pool, required: list[bool], reports: list[Report]
) -> None:
    """To the last time stamp. Replies of a batch are the state after it: never behind the single one."""
    together, (replies,) = await play(pool, required, [reports])
    one_by_one, singles = await play(pool, required, [[report] for report in reports])

    assert list(map(outline_of, together)) == list(map(outline_of, one_by_one))
    for reply, (single,) in zip(replies, singles, strict=True):
        assert reply.lesson.state >= single.lesson.state
        assert reply.lesson.start_time == single.lesson.start_time
        assert reply.summary.completed_lessons >= single.summary.completed_lessons
        assert reply.summary.required_lessons == single.summary.required_lessons


@settings(max_examples=25, deadline=None)
@given(required=REQUIRED, reports=REPORTS, random=st.randoms(use_true_random=False))
async def test_the_order_of_reports_does_not_matter(
    pool: Pool, required: list[bool], reports: list[Report], random: object
) -> None:
    """Shuffled, and each sent twice, they lead to the same states and counts."""
    shuffled = reports * 2
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, _ = await play(pool, required, [reports])
    second, _ = await play(pool, required, [shuffled])

    for one, other in zip(first, second, strict=True):
        assert one.enrollment.state is other.enrollment.state
        assert one.enrollment.summary == other.enrollment.summary
        assert [lesson.state for lesson in one.lessons] == [lesson.state for lesson in other.lessons]


async def test_a_batch_larger_than_one_statement_is_counted_whole(pool: Pool) -> None:
    """1,000 reports of three learners at once, most of them repeated."""
    reports = [Report(n % 3, n % 7, list(LessonEvent)[n % 2]) for n in range(1_000)]
    progresses, _ = await play(pool, [True] * 7, [reports])

    assert {progress.enrollment.state for progress in progresses} == {EnrollmentState.COMPLETED}


async def test_update_time_does_not_go_back(pool: Pool) -> None:
    """Though the clock of another server, to which the next report came, is behind."""
    courses, clock = InventedCourses(), Clock()
    outline = courses.publish([True, True])
    service, learner = EnrollmentService(EnrollmentRepository(pool), courses, clock=clock), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    clock.now -= timedelta(hours=1)

    for lesson in outline.lessons:
        await service.update_progress(learner, enrollment.enrollment_id, lesson.lesson_id, LessonEvent.VIEWED)

    after = await service.get_enrollment(learner, enrollment.enrollment_id)
    assert after.update_time == enrollment.update_time
    assert after.complete_time == clock.now


@pytest.mark.parametrize("repeats", [1, 3])
async def test_a_batch_adds_one_version(pool: Pool, repeats: int) -> None:
    """However many lessons of an enrollment it brings forward: watchers see one step, as there was one."""
    courses = InventedCourses()
    outline = courses.publish([True] * 4)
    service, learner = EnrollmentService(EnrollmentRepository(pool), courses), make_learner()
    enrollment = await service.enroll(learner, outline.course_id, None)
    lessons = [lesson.lesson_id for lesson in outline.lessons]
    await service.update_progress(learner, enrollment.enrollment_id, lessons[0], LessonEvent.VIEWED)

    await asyncio.gather(
        *(
            service.update_progress(learner, enrollment.enrollment_id, lesson, LessonEvent.VIEWED)
            for lesson in lessons * repeats
        )
    )

    after = await service.get_enrollment(learner, enrollment.enrollment_id)
    assert after.version == enrollment.version + 2
    assert after.state is EnrollmentState.COMPLETED
