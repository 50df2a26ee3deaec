"""People who keep sending, and remember what they were told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import grpc
import grpc.aio

from academe.api.course.v1 import course_pb2
from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.type.v1 import money_pb2
from academe.demo.school import Meter, Person
from academe.ids import new_id

RETRIED = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,  # a connection that was cut in the middle of a reply
    grpc.StatusCode.UNKNOWN,
}
TIPPERS, READERS, LESSONS = 12, 6, 120


@dataclass
class Memory:
    """What was asked, and what was acknowledged."""

    tips_asked: set[str] = field(default_factory=set)
    tips: dict[str, tuple[str, int]] = field(default_factory=dict)
    lessons: set[tuple[str, str]] = field(default_factory=set)
    retries: int = 0


class Crowd:
    """Twelve people tip, six read lessons, until they are told to stop."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._meter = Meter()
        self._stop = asyncio.Event()
        self.memory = Memory()
        self.educator = Person(channel, self._meter)
        self._people = [Person(channel, self._meter) for _ in range(max(TIPPERS, READERS))]
        self._course = course_pb2.Course()
        self._lessons: list[str] = []

    async def arrive(self) -> None:
        await self.educator.register("Edda", "a password of no use", educator=True)
        for person in self._people:
            await person.register("Lea", "a password of no use")
            await person.call(
                person.tips.TopUpWallet,
                tip_pb.TopUpWalletRequest(
                    request_id=str(new_id()),
                    amount=money_pb2.Money(currency_code="EUR", minor_units=10**9),
                ),
            )
        ask, courses = self.educator.call, self.educator.courses
        self._course = await ask(
            courses.CreateCourse, course_pb.CreateCourseRequest(course=course_pb2.Course(title="Storms"))
        )
        module = await ask(
            courses.CreateModule,
            course_pb.CreateModuleRequest(
                course_id=self._course.course_id, module=course_pb2.Module(title="All")
            ),
        )
        for number in range(LESSONS):
            lesson = await ask(
                courses.CreateLesson,
                course_pb.CreateLessonRequest(
                    course_id=self._course.course_id,
                    module_id=module.module_id,
                    lesson=course_pb2.Lesson(title=f"Lesson {number}"),
                ),
            )
            self._lessons.append(lesson.lesson_id)
        await ask(courses.PublishCourse, course_pb.PublishCourseRequest(course_id=self._course.course_id))

    async def run(self) -> None:
        tippers = [self._tip(person, number) for number, person in enumerate(self._people[:TIPPERS])]
        readers = [self._read(person) for person in self._people[:READERS]]
        await asyncio.gather(*tippers, *readers)

    def stop(self) -> None:
        """Nobody begins anything new; what was begun is repeated until it is acknowledged."""
        self._stop.set()

    async def _tip(self, person: Person, number: int) -> None:
        amount = 100 + number
        while not self._stop.is_set():
            request = tip_pb.SendTipRequest(
                request_id=str(new_id()),
                educator_id=self.educator.user_id,
                amount=money_pb2.Money(currency_code="EUR", minor_units=amount),
            )
            self.memory.tips_asked.add(request.request_id)
            reply = await self._until_acknowledged(person.call, person.tips.SendTip, request)
            self.memory.tips[request.request_id] = (reply.tip.tip_id, amount)

    async def _read(self, person: Person) -> None:
        enroll = enrollment_pb.EnrollRequest(request_id=str(new_id()), course_id=self._course.course_id)
        enrollment = await self._until_acknowledged(person.call, person.enrollments.Enroll, enroll)
        for lesson_id in self._lessons:
            if self._stop.is_set():
                return
            report = enrollment_pb.UpdateProgressRequest(
                enrollment_id=enrollment.enrollment_id,
                lesson_id=lesson_id,
                event=enrollment_pb.LESSON_EVENT_VIEWED,
            )
            await self._until_acknowledged(person.call, person.enrollments.UpdateProgress, report)
            self.memory.lessons.add((enrollment.enrollment_id, lesson_id))
            await asyncio.sleep(0.15)

    async def _until_acknowledged(
        self, call: Callable[..., Awaitable[Any]], method: Any, request: Any
    ) -> Any:
        while True:
            try:
                return await asyncio.wait_for(call(method, request), 3)
            except TimeoutError:
                pass
            except grpc.aio.AioRpcError as error:
                if error.code() not in RETRIED:
                    raise
            self.memory.retries += 1
            await asyncio.sleep(0.02)


async def _connect(dsn: str) -> asyncpg.Connection:
    """PostgreSQL may be recovering just now."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await asyncpg.connect(dsn)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)


async def lost_and_doubled(memory: Memory, dsn: str) -> dict[str, int]:
    """Compares what was acknowledged with what is in the database; every figure should be zero."""
    # Taken before the database is read: what is acknowledged meanwhile is not in what was read.
    acknowledged, read = dict(memory.tips), set(memory.lessons)
    connection = await _connect(dsn)
    try:
        tips = await connection.fetch("select request_id, tip_id, amount from tip.tip")
        done = await connection.fetch(
            "select enrollment_id, lesson_id from enrollment.lesson_progress where state = 3"
        )
        entries = await connection.fetchval("select coalesce(sum(amount), 0) from tip.entry")
        uncounted = await connection.fetchval(
            """
            select count(*) from enrollment.enrollment e
            where e.completed_lessons <> (
                select count(*) from enrollment.lesson_progress l
                where l.enrollment_id = e.enrollment_id and l.required and l.state = 3)
            """
        )
    finally:
        await connection.close()
    rows = [(str(row["request_id"]), str(row["tip_id"]), row["amount"]) for row in tips]
    kept = {request_id: (tip_id, amount) for request_id, tip_id, amount in rows}
    lessons = {(str(row["enrollment_id"]), str(row["lesson_id"])) for row in done}
    return {
        "tips lost": sum(kept.get(request_id) != told for request_id, told in acknowledged.items()),
        "tips doubled": len(rows) - len(kept),
        "tips of nobody": len(set(kept) - memory.tips_asked),
        "lessons lost": len(read - lessons),
        "enrollments miscounted": uncounted,
        "ledger out of balance": abs(entries),
    }
