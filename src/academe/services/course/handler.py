"""CourseService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from academe.api.course.v1 import course_pb2
from academe.api.course.v1 import course_service_pb2 as messages
from academe.api.course.v1.course_service_pb2_grpc import CourseServiceServicer
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.rpc.convert import mask_paths, optional_id
from academe.services.course import convert
from academe.services.course.convert import course_message, lesson_message, module_message, required_id
from academe.services.course.model import CourseFields
from academe.services.course.service import CourseService


class CourseHandler(CourseServiceServicer):
    """Messages in, messages out."""

    def __init__(self, service: CourseService) -> None:
        self._courses = service
        self._modules = service.modules
        self._lessons = service.lessons
        self._imports = service.imports

    async def CreateCourse(self, request: messages.CreateCourseRequest, context: Any) -> course_pb2.Course:
        given = request.course
        fields = CourseFields(given.title, given.description, given.language)
        view = await self._courses.create_course(current_caller(), fields, convert.replay_of(request))
        return course_message(view)

    async def GetCourse(self, request: messages.GetCourseRequest, context: Any) -> course_pb2.Course:
        return course_message(await self._courses.get_course(current_caller(), UUID(request.course_id)))

    async def ListCourses(
        self, request: messages.ListCoursesRequest, context: Any
    ) -> messages.ListCoursesResponse:
        page = await self._courses.list_courses(
            current_caller(),
            optional_id(request.educator_id),
            request.show_deleted,
            request.page_size,
            request.page_token,
        )
        courses = [course_message(view) for view in page.rows]
        return messages.ListCoursesResponse(courses=courses, next_page_token=page.next_page_token)

    async def UpdateCourse(self, request: messages.UpdateCourseRequest, context: Any) -> course_pb2.Course:
        course = request.course
        view = await self._courses.update_course(
            current_caller(),
            required_id(course.course_id, "course.course_id"),
            convert.text_changes(request, course, convert.COURSE_FIELDS),
            version_of(course.etag),
        )
        return course_message(view)

    async def DeleteCourse(self, request: messages.DeleteCourseRequest, context: Any) -> course_pb2.Course:
        view = await self._courses.delete_course(
            current_caller(), UUID(request.course_id), version_of(request.etag)
        )
        return course_message(view)

    async def UndeleteCourse(
        self, request: messages.UndeleteCourseRequest, context: Any
    ) -> course_pb2.Course:
        return course_message(await self._courses.undelete_course(current_caller(), UUID(request.course_id)))

    async def PublishCourse(self, request: messages.PublishCourseRequest, context: Any) -> course_pb2.Course:
        view = await self._courses.publish_course(
            current_caller(), UUID(request.course_id), version_of(request.etag)
        )
        return course_message(view)

    async def ImportCourse(
        self, request_iterator: AsyncIterator[messages.ImportCourseRequest], context: Any
    ) -> messages.ImportCourseResponse:
        parts = convert.upload_parts(request_iterator)
        return convert.import_response(await self._imports.import_course(current_caller(), parts))

    async def ListImportItems(
        self, request: messages.ListImportItemsRequest, context: Any
    ) -> messages.ListImportItemsResponse:
        page = await self._imports.list_import_items(
            current_caller(),
            UUID(request.course_id),
            UUID(request.import_id),
            request.page_size,
            request.page_token,
        )
        items = [convert.import_item_message(item) for item in page.rows]
        return messages.ListImportItemsResponse(items=items, next_page_token=page.next_page_token)

    async def CreateModule(self, request: messages.CreateModuleRequest, context: Any) -> course_pb2.Module:
        module = await self._modules.create_module(
            current_caller(),
            UUID(request.course_id),
            request.module.title,
            request.module.description,
            convert.replay_of(request),
        )
        return module_message(module)

    async def GetModule(self, request: messages.GetModuleRequest, context: Any) -> course_pb2.Module:
        module = await self._modules.get_module(
            current_caller(), UUID(request.course_id), UUID(request.module_id), request.revision
        )
        return module_message(module)

    async def ListModules(
        self, request: messages.ListModulesRequest, context: Any
    ) -> messages.ListModulesResponse:
        page = await self._modules.list_modules(
            current_caller(),
            UUID(request.course_id),
            request.revision,
            request.page_size,
            request.page_token,
        )
        modules = [module_message(module) for module in page.rows]
        return messages.ListModulesResponse(modules=modules, next_page_token=page.next_page_token)

    async def UpdateModule(self, request: messages.UpdateModuleRequest, context: Any) -> course_pb2.Module:
        module = request.module
        changed = await self._modules.update_module(
            current_caller(),
            required_id(module.course_id, "module.course_id"),
            required_id(module.module_id, "module.module_id"),
            convert.text_changes(request, module, convert.MODULE_FIELDS),
            version_of(module.etag),
        )
        return module_message(changed)

    async def DeleteModule(
        self, request: messages.DeleteModuleRequest, context: Any
    ) -> messages.DeleteModuleResponse:
        await self._modules.delete_module(
            current_caller(), UUID(request.course_id), UUID(request.module_id), version_of(request.etag)
        )
        return messages.DeleteModuleResponse()

    async def CreateLesson(self, request: messages.CreateLessonRequest, context: Any) -> course_pb2.Lesson:
        view = await self._lessons.create_lesson(
            current_caller(),
            UUID(request.course_id),
            UUID(request.module_id),
            convert.lesson_fields(request.lesson),
            convert.given_blocks(request.lesson),
            convert.replay_of(request),
        )
        return lesson_message(view)

    async def GetLesson(self, request: messages.GetLessonRequest, context: Any) -> course_pb2.Lesson:
        view = await self._lessons.get_lesson(
            current_caller(), UUID(request.course_id), UUID(request.lesson_id), request.revision
        )
        return lesson_message(view)

    async def ListLessons(
        self, request: messages.ListLessonsRequest, context: Any
    ) -> messages.ListLessonsResponse:
        page = await self._lessons.list_lessons(
            current_caller(),
            UUID(request.course_id),
            optional_id(request.module_id),
            request.revision,
            request.page_size,
            request.page_token,
        )
        lessons = [convert.listed_lesson_message(listed.lesson) for listed in page.rows]
        return messages.ListLessonsResponse(lessons=lessons, next_page_token=page.next_page_token)

    async def UpdateLesson(self, request: messages.UpdateLessonRequest, context: Any) -> course_pb2.Lesson:
        lesson = request.lesson
        paths = mask_paths(request.update_mask, lesson, convert.LESSON_FIELDS)
        view = await self._lessons.update_lesson(
            current_caller(),
            required_id(lesson.course_id, "lesson.course_id"),
            required_id(lesson.lesson_id, "lesson.lesson_id"),
            convert.lesson_fields(lesson, paths),
            convert.given_blocks(lesson) if "blocks" in paths else None,
            version_of(lesson.etag),
        )
        return lesson_message(view)

    async def DeleteLesson(
        self, request: messages.DeleteLessonRequest, context: Any
    ) -> messages.DeleteLessonResponse:
        await self._lessons.delete_lesson(
            current_caller(), UUID(request.course_id), UUID(request.lesson_id), version_of(request.etag)
        )
        return messages.DeleteLessonResponse()
