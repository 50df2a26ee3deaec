"""The rules of lessons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from academe.caller import Caller
from academe.errors import EtagMismatch, InvalidArgument
from academe.ids import new_id
from academe.pagination import Page, page_of, page_request
from academe.services.course.errors import LessonNotFound
from academe.services.course.guard import DRAFT, CourseGuard
from academe.services.course.lessons.blocks import (
    Block,
    Content,
    GivenBlock,
    blocks_of,
    content_of,
    identified,
    served_bytes,
    with_sources,
)
from academe.services.course.lessons.model import Lesson, LessonFields, LessonView, ListedLesson, StoredLesson
from academe.services.course.lessons.repository import LessonRepository
from academe.services.course.model import Replay, check_texts
from academe.services.course.repository_shared import check_version
from academe.services.course.revisions.repository import RevisionRepository
from academe.services.course.served import INLINE_BYTES, Served
from academe.services.course.turns import Turns

SERVED_BYTES_MAX = 4_000_000
"""Of a lesson's blocks as a message. Clients take 4 MiB by default; the rest of the lesson needs a few
kilobytes of it."""

UPDATE_TRIES = 10
"""For a lesson that another process changes meanwhile. Each try loses only against a change that was made."""


class LessonService:
    """Lessons of drafts and revisions, with blocks as they are served.

    What is raised for the course itself: see CourseGuard. Changes are of the draft.
    """

    def __init__(
        self,
        repository: LessonRepository,
        revisions: RevisionRepository,
        guard: CourseGuard,
        served: Served,
        clock: Callable[[], datetime],
    ) -> None:
        self._repository = repository
        self._revisions = revisions
        self._guard = guard
        self._served = served
        self._clock = clock
        self._editing = Turns()

    async def create_lesson(
        self,
        caller: Caller,
        course_id: UUID,
        module_id: UUID,
        fields: LessonFields,
        blocks: Sequence[GivenBlock],
        replay: Replay | None,
    ) -> LessonView:
        """A new last lesson of a module.

        Raises ModuleNotFound, RequestIdReused, InvalidArgument, and LessonNotFound when the one that the same
        request made is deleted.
        """
        await self._guard.draft(caller, course_id)
        _check(fields)
        now = self._clock()
        lesson = Lesson(
            course_id=course_id,
            lesson_id=new_id(),
            module_id=module_id,
            title=fields.title or "",
            section=fields.section or "",
            optional=fields.optional or False,
            version=1,
            create_time=now,
            update_time=now,
        )
        content = content_of(identified(blocks))
        await self._check_size(content)
        return await self._serve(await self._repository.add_lesson(lesson, content, replay))

    async def get_lesson(self, caller: Caller, course_id: UUID, lesson_id: UUID, revision: int) -> LessonView:
        """Raises LessonNotFound."""
        revision = await self._guard.revision(caller, course_id, revision)
        if revision == DRAFT:
            stored = await self._repository.get_lesson(course_id, lesson_id)
        else:
            stored = await self._revisions.get_lesson(course_id, revision, lesson_id)
        if stored is None:
            raise LessonNotFound(lesson_id=lesson_id)
        return await self._serve(stored)

    async def list_lessons(
        self,
        caller: Caller,
        course_id: UUID,
        module_id: UUID | None,
        revision: int,
        page_size: int,
        page_token: str,
    ) -> Page[ListedLesson]:
        """In course order, without blocks. A walk that began in a revision stays in it.

        Raises PageTokenInvalid.
        """
        found = await self._guard.revision(caller, course_id, revision)
        draft = found == DRAFT
        request = page_request(
            page_size,
            page_token,
            arguments=("lessons", str(course_id), str(module_id), revision, draft),
            key=(int, UUID, int, UUID) if draft else (int, int),
        )
        if draft:
            rows = await self._repository.list_lessons(course_id, module_id, request)
        else:
            found = request.after[0] if request.after else found
            rows = await self._revisions.list_lessons(course_id, found, module_id, request)
        return page_of(rows, request, lambda listed: listed.order)

    async def update_lesson(
        self,
        caller: Caller,
        course_id: UUID,
        lesson_id: UUID,
        fields: LessonFields,
        blocks: Sequence[GivenBlock] | None,
        expected_version: int | None,
    ) -> LessonView:
        """Changes what is not None. Raises LessonNotFound, EtagMismatch and InvalidArgument."""
        await self._guard.draft(caller, course_id)
        _check(fields)
        given = identified(blocks) if blocks is not None else None
        # By turns, in memory, so that an update begins again only because of another process.
        async with self._editing.of((course_id, lesson_id)):
            for _ in range(UPDATE_TRIES):
                # Sanitising takes up to seconds, so it comes before the transaction, which holds the course
                # and a connection, and counts only while the content it began with is still there.
                made, made_from = None, None
                if given is not None:
                    before = await self._repository.get_lesson(course_id, lesson_id)
                    if before is None:
                        raise LessonNotFound(lesson_id=lesson_id)
                    check_version(before.lesson.version, expected_version)
                    made, made_from = await self._content(given, before), before.content_hash
                changed = await self._repository.update_lesson(
                    course_id, lesson_id, expected_version, fields, made, made_from, self._clock()
                )
                if changed is not None:
                    break
            else:
                raise EtagMismatch
        return await self._serve(changed)

    async def delete_lesson(
        self, caller: Caller, course_id: UUID, lesson_id: UUID, expected_version: int | None
    ) -> None:
        """Raises LessonNotFound and EtagMismatch."""
        await self._guard.draft(caller, course_id)
        await self._repository.delete_lesson(course_id, lesson_id, expected_version)

    async def _content(self, given: Sequence[Block], before: StoredLesson) -> Content:
        shown = await self._served.blocks(before.content_hash, before.body)

        def make() -> Content:
            return content_of(with_sources(given, blocks_of(before.body), shown))

        content = make() if len(before.body) <= INLINE_BYTES else await asyncio.to_thread(make)
        await self._check_size(content)
        return content

    async def _check_size(self, content: Content) -> None:
        """Makes what will be served, which is then remembered. Raises InvalidArgument when it is too long."""
        size = served_bytes(await self._served.blocks(content.content_hash, content.body))
        if size > SERVED_BYTES_MAX:
            raise InvalidArgument.field(
                "lesson.blocks",
                f"would be served as {size:,} bytes, and a lesson has at most {SERVED_BYTES_MAX:,}",
            )

    async def _serve(self, stored: StoredLesson) -> LessonView:
        return LessonView(stored.lesson, await self._served.blocks(stored.content_hash, stored.body))


def _check(fields: LessonFields) -> None:
    given = {"title": fields.title, "section": fields.section}
    check_texts({name: text for name, text in given.items() if text is not None}, of="lesson")
