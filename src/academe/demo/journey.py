"""The steps of the demo. Each does one thing, checks that it is as it should be, and says so in a line."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import grpc.aio

from academe.api.course.v1 import course_pb2, course_service_pb2
from academe.api.credential.v1 import credential_pb2, verification_pb2
from academe.api.credential.v1 import credential_service_pb2 as credential_pb
from academe.api.enrollment.v1 import enrollment_service_pb2 as enrollment_pb
from academe.api.tip.v1 import tip_pb2 as tip_messages
from academe.api.tip.v1 import tip_service_pb2 as tip_pb
from academe.api.type.v1 import money_pb2
from academe.demo.console import Console
from academe.demo.school import Meter, Person
from academe.ids import new_id

CHUNK_BYTES = 65_536
WALLET = money_pb2.Money(currency_code="EUR", minor_units=2000)
TIP = money_pb2.Money(currency_code="EUR", minor_units=500)


class StepFailed(Exception):
    """Something is not as it should be; the message names the step and what was found."""


class Journey:
    """A course on its way through the school. `run` takes the steps in order."""

    def __init__(self, channel: grpc.aio.Channel, console: Console, archive: bytes) -> None:
        self._console = console
        self._archive = archive
        self.meter = Meter()
        self.educator = Person(channel, self.meter)
        self.learner = Person(channel, self.meter)
        self.employer = Person(channel, self.meter)
        self.course = course_pb2.Course()
        self.enrollment = enrollment_pb.Enrollment()
        self.credential = credential_pb2.Credential()
        self.lessons: list[course_pb2.Lesson] = []
        self.modules = 0

    async def run(self) -> None:
        """Raises StepFailed for the first step that fails."""
        steps: tuple[tuple[str, str, Callable[[], Awaitable[str]]], ...] = (
            ("Educator", "registers", self._educator_registers),
            ("Educator", "imports the course", self._import_course),
            ("Educator", "publishes the course", self._publish),
            ("Learner", "registers", self._learner_registers),
            ("Learner", "enrolls", self._enroll),
            ("Educator", "cannot certify too early", self._too_early),
            ("Learner", "works through the lessons", self._learn),
            ("Educator", "issues the credential", self._issue),
            ("Employer", "verifies the credential", self._verify),
            ("Learner", "hands over the document", self._hand_over),
            ("Learner", "fills a wallet", self._fill_wallet),
            ("Learner", "tips the educator", self._tip),
        )
        for number, (who, what, take) in enumerate(steps, start=1):
            started = time.perf_counter()
            try:
                told = await take()
            except grpc.aio.AioRpcError as error:
                raise StepFailed(
                    f"step {number} ({who.lower()} {what}): {error.code().name}: {error.details()}"
                ) from error
            except StepFailed as error:
                raise StepFailed(f"step {number} ({who.lower()} {what}): {error}") from error
            self._console.step(number, who, told, time.perf_counter() - started)

    async def _educator_registers(self) -> str:
        await self.educator.register("Edda", secrets.token_urlsafe(16), educator=True)
        return "registers and signs in"

    async def _import_course(self) -> str:
        request_id = str(new_id())
        with self._console.bar("uploading", len(self._archive)) as bar:

            async def parts() -> AsyncIterator[course_service_pb2.ImportCourseRequest]:
                header = course_service_pb2.ImportCourseHeader(request_id=request_id)
                yield course_service_pb2.ImportCourseRequest(header=header)
                for start in range(0, len(self._archive), CHUNK_BYTES):
                    chunk = self._archive[start : start + CHUNK_BYTES]
                    yield course_service_pb2.ImportCourseRequest(chunk=chunk)
                    bar.advance(len(chunk))

            done = await self.educator.call(self.educator.courses.ImportCourse, parts())
        self.course = done.course
        expect(self.course.state == course_pb2.COURSE_STATE_DRAFT, "an imported course starts as a draft")
        expect(self.course.lesson_count > 0, "the archive has lessons")
        listed = await self._import_items(done.import_id)
        counted = done.imported_count + done.degraded_count + done.left_out_count
        expect(listed == counted, f"the report has {listed} rows for {counted} items")
        return (
            f"imports {self.course.title!r}: {done.imported_count} items whole, {done.degraded_count} in"
            f" part, {done.left_out_count} left out, each with its reason"
        )

    async def _import_items(self, import_id: str) -> int:
        token, count = "", 0
        while True:
            page = await self.educator.call(
                self.educator.courses.ListImportItems,
                course_service_pb2.ListImportItemsRequest(
                    course_id=self.course.course_id, import_id=import_id, page_size=100, page_token=token
                ),
            )
            count += len(page.items)
            token = page.next_page_token
            if not token:
                return count

    async def _publish(self) -> str:
        self.course = await self.educator.call(
            self.educator.courses.PublishCourse,
            course_service_pb2.PublishCourseRequest(course_id=self.course.course_id, etag=self.course.etag),
        )
        expect(self.course.state == course_pb2.COURSE_STATE_PUBLISHED, "the course is published")
        return f"publishes it as revision {self.course.published_revision}"

    async def _learner_registers(self) -> str:
        await self.learner.register("Lea", secrets.token_urlsafe(16))
        return "registers and signs in"

    async def _enroll(self) -> str:
        request = enrollment_pb.EnrollRequest(request_id=str(new_id()), course_id=self.course.course_id)
        self.enrollment = await self.learner.call(self.learner.enrollments.Enroll, request)
        again = await self.learner.call(self.learner.enrollments.Enroll, request)
        expect(again == self.enrollment, "enrolling twice answers with the same enrollment")
        return f"enrolls: {self.enrollment.progress.required_lessons} lessons to do"

    async def _too_early(self) -> str:
        try:
            await self._request_credential()
        except grpc.aio.AioRpcError as error:
            expect(error.code() == grpc.StatusCode.FAILED_PRECONDITION, "an early credential is refused")
            return "is refused a credential before the course is done"
        raise StepFailed("a credential was issued for a course that is not done")

    async def _learn(self) -> str:
        self.lessons = await self._list_lessons()
        self.modules = len({lesson.module_id for lesson in self.lessons})
        required = [lesson for lesson in self.lessons if not lesson.optional]
        update: Any = None
        with self._console.bar("learning", len(required)) as bar:
            for number, lesson in enumerate(required, start=1):
                await self._read(lesson)
                for event in (enrollment_pb.LESSON_EVENT_OPENED, enrollment_pb.LESSON_EVENT_VIEWED):
                    update = await self.learner.call(
                        self.learner.enrollments.UpdateProgress,
                        enrollment_pb.UpdateProgressRequest(
                            enrollment_id=self.enrollment.enrollment_id,
                            lesson_id=lesson.lesson_id,
                            event=event,
                        ),
                    )
                expect(update.summary.completed_lessons == number, f"lesson {number} counts once")
                bar.advance()
        expect(update.state == enrollment_pb.ENROLLMENT_STATE_COMPLETED, "the enrollment is completed")
        expect(update.summary.percent == 100, "progress is 100 %")
        return f"works through {len(required)} lessons: 100 %, completed"

    async def _list_lessons(self) -> list[course_pb2.Lesson]:
        token, lessons = "", []
        while True:
            page = await self.learner.call(
                self.learner.courses.ListLessons,
                course_service_pb2.ListLessonsRequest(
                    course_id=self.course.course_id,
                    revision=self.enrollment.course_revision,
                    page_size=100,
                    page_token=token,
                ),
            )
            lessons += page.lessons
            token = page.next_page_token
            if not token:
                return lessons

    async def _read(self, lesson: course_pb2.Lesson) -> None:
        whole = await self.learner.call(
            self.learner.courses.GetLesson,
            course_service_pb2.GetLessonRequest(
                course_id=self.course.course_id,
                lesson_id=lesson.lesson_id,
                revision=self.enrollment.course_revision,
            ),
        )
        served = "".join(block.html.html or block.placeholder.html for block in whole.blocks).lower()
        expect("<script" not in served, f"lesson {lesson.title!r} serves nothing executable")

    async def _request_credential(self) -> Any:
        return await self.educator.call(
            self.educator.credentials.IssueCredential,
            credential_pb.IssueCredentialRequest(
                request_id=str(new_id()),
                enrollment_id=self.enrollment.enrollment_id,
                type=credential_pb2.CREDENTIAL_TYPE_CERTIFICATE,
            ),
        )

    async def _issue(self) -> str:
        self.credential = await self._request_credential()
        again = await self._request_credential()
        expect(again.credential_id == self.credential.credential_id, "a credential is issued once")
        return f"issues a certificate with code {self.credential.verification_code}"

    async def _verify(self) -> str:
        found = await self._ask(self.credential.verification_code)
        expect(found.verdict == verification_pb2.VERDICT_VALID, "the credential is valid")
        expect(found.credential.course_title == self.course.title, "it names the course")
        forged = await self._ask("0000-0000-0000-0000-0000")
        expect(forged.verdict == verification_pb2.VERDICT_UNKNOWN, "a made-up code is unknown")
        return (
            f"signed in as nobody: valid, {found.credential.learner_name}, {found.credential.course_title!r}"
        )

    async def _hand_over(self) -> str:
        """What the employer has when the school is closed: a picture with the signed document in it."""
        picture = await self._download(credential_pb2.CREDENTIAL_FORMAT_PNG)
        name = self.credential.learner_name
        found = await self._ask(document=picture, expected_name=name)
        expect(found.verdict == verification_pb2.VERDICT_VALID, "the picture holds a valid credential")
        document = await self._download(credential_pb2.CREDENTIAL_FORMAT_JSON)
        forged = await self._ask(document=document.replace(b'"Certificate"', b'"Doctorate"'))
        expect(forged.verdict == verification_pb2.VERDICT_INVALID, "a changed document is not valid")
        return f"a picture of {len(picture):,} bytes, {len(found.checks)} checks pass; changed, it is refused"

    async def _download(self, form: credential_pb2.CredentialFormat) -> bytes:
        request = credential_pb.DownloadCredentialRequest(
            credential_id=self.credential.credential_id, format=form
        )
        file = await self.learner.call(self.learner.credentials.DownloadCredential, request)
        return bytes(file.content)

    async def _ask(self, code: str = "", document: bytes = b"", expected_name: str = "") -> Any:
        request = verification_pb2.VerifyCredentialRequest(expected_name=expected_name)
        if code:
            request.verification_code = code
        else:
            request.document = document
        return await self.employer.call(self.employer.credentials.VerifyCredential, request)

    async def _fill_wallet(self) -> str:
        request = tip_pb.TopUpWalletRequest(request_id=str(new_id()), amount=WALLET)
        await self.learner.call(self.learner.tips.TopUpWallet, request)
        again = await self.learner.call(self.learner.tips.TopUpWallet, request)
        expect(again.replayed, "a repeated top-up is the first one")
        return "puts 20.00 EUR into the wallet; sent twice, counted once"

    async def _tip(self) -> str:
        request = tip_pb.SendTipRequest(
            request_id=str(new_id()),
            educator_id=self.educator.user_id,
            amount=TIP,
            message="Thank you!",
            context=tip_messages.TipContext(course_id=self.course.course_id),
        )
        first = await self.learner.call(self.learner.tips.SendTip, request)
        second = await self.learner.call(self.learner.tips.SendTip, request)
        expect(second.replayed and second.tip == first.tip, "a repeated tip is the first one")
        balance = await self.educator.call(self.educator.tips.GetBalance, tip_pb.GetBalanceRequest())
        expect(list(balance.balances) == [TIP], "the educator's balance is the tip, once")
        return "tips 5.00 EUR; sent twice, counted once"


def expect(holds: bool, what: str) -> None:
    """Raises StepFailed unless it holds."""
    if not holds:
        raise StepFailed(f"not so: {what}")
