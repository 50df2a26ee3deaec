"""EnrollmentService over gRPC."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from uuid import UUID

from academe.api.enrollment.v1 import enrollment_service_pb2 as pb
from academe.api.enrollment.v1 import enrollment_service_pb2_grpc
from academe.etags import version_of
from academe.rpc.call import current_caller
from academe.rpc.convert import optional_id
from academe.services.enrollment.convert import enrollment_message, progress_message, update_message
from academe.services.enrollment.model import LessonEvent
from academe.services.enrollment.service import EnrollmentService


class EnrollmentHandler(enrollment_service_pb2_grpc.EnrollmentServiceServicer):
    def __init__(self, service: EnrollmentService) -> None:
        self._service = service

    async def Enroll(self, request: pb.EnrollRequest, context: Any) -> pb.Enrollment:
        enrollment = await self._service.enroll(
            current_caller(), UUID(request.course_id), optional_id(request.request_id)
        )
        return enrollment_message(enrollment)

    async def Unenroll(self, request: pb.UnenrollRequest, context: Any) -> pb.Enrollment:
        enrollment = await self._service.unenroll(
            current_caller(), UUID(request.enrollment_id), version_of(request.etag)
        )
        return enrollment_message(enrollment)

    async def GetEnrollment(self, request: pb.GetEnrollmentRequest, context: Any) -> pb.Enrollment:
        enrollment = await self._service.get_enrollment(current_caller(), UUID(request.enrollment_id))
        return enrollment_message(enrollment)

    async def ListEnrollments(
        self, request: pb.ListEnrollmentsRequest, context: Any
    ) -> pb.ListEnrollmentsResponse:
        page = await self._service.list_enrollments(
            current_caller(), optional_id(request.course_id), request.page_size, request.page_token
        )
        return pb.ListEnrollmentsResponse(
            enrollments=map(enrollment_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateProgress(
        self, request: pb.UpdateProgressRequest, context: Any
    ) -> pb.UpdateProgressResponse:
        update = await self._service.update_progress(
            current_caller(),
            UUID(request.enrollment_id),
            UUID(request.lesson_id),
            LessonEvent(request.event),
        )
        return update_message(update)

    async def GetProgress(self, request: pb.GetProgressRequest, context: Any) -> pb.Progress:
        progress = await self._service.get_progress(current_caller(), UUID(request.enrollment_id))
        return progress_message(progress)

    async def WatchProgress(
        self, request: pb.WatchProgressRequest, context: Any
    ) -> AsyncIterator[pb.WatchProgressResponse]:
        progresses = self._service.watch_progress(
            current_caller(), UUID(request.enrollment_id), request.cursor
        )
        async with aclosing(progresses):  # when the client leaves, nobody follows for it any longer
            async for progress in progresses:
                yield pb.WatchProgressResponse(progress=progress_message(progress))
