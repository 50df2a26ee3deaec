"""A school to measure: courses to read, learners with lessons to do, people to tip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from academe.api.course.v1 import course_pb2, course_service_pb2_grpc
from academe.api.course.v1 import course_service_pb2 as course_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from academe.api.enrollment.v1 import enrollment_service_pb2_grpc
from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.tip.v1 import tip_service_pb2_grpc
from academe.api.type.v1 import money_pb2
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.api.user.v1 import user_service_pb2_grpc
from academe.ids import new_id

PASSWORD = "a password for benchmarks"
COURSES = 200
LESSONS = 300
LEARNERS = 64
EDUCATORS = 20


@dataclass
class Someone:
    user_id: str
    username: str
    token: str

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),)


@dataclass
class SeededSchool:
    courses: list[str]
    lessons: list[str]
    enrollments: list[tuple[Someone, str]]
    educators: list[Someone]


def seed(target: str) -> SeededSchool:
    """Fills an empty server through its own API."""
    with grpc.insecure_channel(target) as channel, ThreadPoolExecutor(8) as threads:
        educators = list(threads.map(lambda n: register(channel, f"educator{n}", True), range(EDUCATORS)))
        learners = list(threads.map(lambda n: register(channel, f"learner{n}", False), range(LEARNERS)))
        stub: Any = course_service_pb2_grpc.CourseServiceStub(channel)
        courses = list(
            threads.map(lambda n: course(stub, educators[n % EDUCATORS], f"Course {n}", 2)[0], range(COURSES))
        )
        long_course, lessons = course(stub, educators[0], "A long course", LESSONS)
        enrolling: Any = enrollment_service_pb2_grpc.EnrollmentServiceStub(channel)

        def enroll(learner: Someone) -> tuple[Someone, str]:
            request = enrollment_pb.EnrollRequest(course_id=long_course)
            return learner, enrolling.Enroll(request, metadata=learner.metadata).enrollment_id

        return SeededSchool(courses, lessons, list(threads.map(enroll, learners)), educators)


def register(channel: grpc.Channel, name: str, educator: bool) -> Someone:
    users: Any = user_service_pb2_grpc.UserServiceStub(channel)
    auth: Any = auth_service_pb2_grpc.AuthServiceStub(channel)
    users.RegisterUser(
        user_pb.RegisterUserRequest(
            username=name, email=f"{name}@example.org", password=PASSWORD, educator=educator
        )
    )
    credential = auth_pb.PasswordCredential(login=name, password=PASSWORD)
    tokens = auth.Authenticate(auth_pb.AuthenticateRequest(password=credential))
    someone = Someone(tokens.user_id, name, tokens.access_token)
    tips: Any = tip_service_pb2_grpc.TipServiceStub(channel)
    tips.TopUpWallet(
        tip_pb.TopUpWalletRequest(
            request_id=str(new_id()), amount=money_pb2.Money(currency_code="EUR", minor_units=10**12)
        ),
        metadata=someone.metadata,
    )
    return someone


def course(stub: Any, educator: Someone, title: str, lessons: int) -> tuple[str, list[str]]:
    """A published course; returns its id and its lessons' ids."""
    signed = educator.metadata
    made = stub.CreateCourse(
        course_pb.CreateCourseRequest(course=course_pb2.Course(title=title, language="en")), metadata=signed
    )
    module = stub.CreateModule(
        course_pb.CreateModuleRequest(course_id=made.course_id, module=course_pb2.Module(title="All")),
        metadata=signed,
    )
    ids = [
        stub.CreateLesson(
            course_pb.CreateLessonRequest(
                course_id=made.course_id,
                module_id=module.module_id,
                lesson=course_pb2.Lesson(title=f"Lesson {number}"),
            ),
            metadata=signed,
        ).lesson_id
        for number in range(lessons)
    ]
    stub.PublishCourse(course_pb.PublishCourseRequest(course_id=made.course_id), metadata=signed)
    return made.course_id, ids
