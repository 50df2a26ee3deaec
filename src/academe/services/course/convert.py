"""Messages of the course contract, from values and back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from academe.api.course.v1 import course_pb2, course_service_pb2
from academe.errors import InvalidArgument
from academe.etags import etag
from academe.rpc.convert import fingerprint, mask_paths, optional_id, timestamp
from academe.services.course.imports.model import ImportItem, ImportResult, UploadHeader
from academe.services.course.lessons.blocks import Block, GivenBlock, Html, Placeholder, Video
from academe.services.course.lessons.model import Lesson, LessonFields, LessonView
from academe.services.course.model import CourseView, Replay
from academe.services.course.modules.model import Module

COURSE_FIELDS = ("title", "description", "language")
MODULE_FIELDS = ("title", "description")
LESSON_FIELDS = ("title", "section", "optional", "blocks")


def course_message(view: CourseView) -> course_pb2.Course:
    course, version, published = view.course, view.version, view.course.published
    return course_pb2.Course(
        course_id=str(course.course_id),
        title=version.title,
        description=view.description,
        language=version.language,
        state=course_pb2.COURSE_STATE_PUBLISHED if published else course_pb2.COURSE_STATE_DRAFT,
        educator_ids=[str(educator_id) for educator_id in course.educator_ids],
        published_revision=course.published_revision,
        publish_time=timestamp(published.update_time) if published else None,
        module_count=version.module_count,
        lesson_count=version.lesson_count,
        etag=etag(version.version),
        create_time=timestamp(course.create_time),
        update_time=timestamp(version.update_time),
        delete_time=timestamp(course.delete_time),
    )


def module_message(module: Module) -> course_pb2.Module:
    return course_pb2.Module(
        module_id=str(module.module_id),
        course_id=str(module.course_id),
        title=module.title,
        description=module.description,
        etag=etag(module.version),
        create_time=timestamp(module.create_time),
        update_time=timestamp(module.update_time),
    )


def lesson_message(view: LessonView) -> course_pb2.Lesson:
    message = listed_lesson_message(view.lesson)
    message.blocks.extend(_block_message(block) for block in view.blocks)
    return message


def listed_lesson_message(lesson: Lesson) -> course_pb2.Lesson:
    return course_pb2.Lesson(
        lesson_id=str(lesson.lesson_id),
        course_id=str(lesson.course_id),
        module_id=str(lesson.module_id),
        title=lesson.title,
        section=lesson.section,
        optional=lesson.optional,
        etag=etag(lesson.version),
        create_time=timestamp(lesson.create_time),
        update_time=timestamp(lesson.update_time),
    )


def _block_message(block: Block) -> course_pb2.ContentBlock:
    block_id, title = str(block.block_id), block.title
    match block.content:
        case Html(html):
            text = course_pb2.HtmlContent(html=html)
            return course_pb2.ContentBlock(block_id=block_id, title=title, html=text)
        case Video(urls, youtube_id):
            video = course_pb2.VideoContent(urls=urls, youtube_id=youtube_id)
            return course_pb2.ContentBlock(block_id=block_id, title=title, video=video)
        case Placeholder(kind, html):
            shown = course_pb2.PlaceholderContent(kind=kind, html=html)
            return course_pb2.ContentBlock(block_id=block_id, title=title, placeholder=shown)


def given_blocks(lesson: course_pb2.Lesson) -> list[GivenBlock]:
    return [
        GivenBlock(optional_id(block.block_id), block.title, _given_content(block)) for block in lesson.blocks
    ]


def _given_content(block: course_pb2.ContentBlock) -> Html | Video | Placeholder:
    match block.WhichOneof("content"):
        case "video":
            return Video(tuple(block.video.urls), block.video.youtube_id)
        case "placeholder":
            return Placeholder(block.placeholder.kind, block.placeholder.html)
        case _:
            return Html(block.html.html)


def lesson_fields(lesson: course_pb2.Lesson, paths: Collection[str] = LESSON_FIELDS) -> LessonFields:
    return LessonFields(
        title=lesson.title if "title" in paths else None,
        section=lesson.section if "section" in paths else None,
        optional=lesson.optional if "optional" in paths else None,
    )


def text_changes(request: Any, resource: Message, allowed: Collection[str]) -> dict[str, str]:
    """The fields that an update changes, with what they become. Raises UpdateMaskInvalid."""
    return {path: getattr(resource, path) for path in mask_paths(request.update_mask, resource, allowed)}


def required_id(text: str, field: str) -> UUID:
    """An id inside a resource, which the contract cannot require there: on creation it is left out."""
    if not text:
        raise InvalidArgument.field(field, "says which one; it must be a UUID")
    return UUID(text)


def replay_of(request: Any) -> Replay | None:
    """What makes a creation safe to repeat, when the client asked for it."""
    request_id = optional_id(request.request_id)
    return Replay(request_id, fingerprint(request)) if request_id is not None else None


def import_response(result: ImportResult) -> course_service_pb2.ImportCourseResponse:
    return course_service_pb2.ImportCourseResponse(
        course=course_message(result.course),
        import_id=str(result.done.import_id),
        imported_count=result.done.imported_count,
        degraded_count=result.done.degraded_count,
        left_out_count=result.done.left_out_count,
        unchanged=result.unchanged,
    )


def import_item_message(item: ImportItem) -> course_service_pb2.ImportItem:
    return course_service_pb2.ImportItem(
        path=item.path,
        item_type=item.item_type,
        source_id=item.source_id,
        title=item.title,
        outcome=item.outcome.value,  # type: ignore[arg-type]  # the same numbers, as a test holds
        reason=item.reason,
        detail=item.detail,
    )


async def upload_parts(
    messages: AsyncIterator[course_service_pb2.ImportCourseRequest],
) -> AsyncIterator[UploadHeader | bytes]:
    """The messages of an upload, in whatever order they come."""
    async for message in messages:
        if message.WhichOneof("part") == "header":
            header = message.header
            yield UploadHeader(optional_id(header.course_id), optional_id(header.request_id))
        else:
            yield message.chunk
