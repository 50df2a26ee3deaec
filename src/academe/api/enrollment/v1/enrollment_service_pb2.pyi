import datetime

from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from academe.api.rpc.v1 import options_pb2 as _options_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class EnrollmentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENROLLMENT_STATE_UNSPECIFIED: _ClassVar[EnrollmentState]
    ENROLLMENT_STATE_ACTIVE: _ClassVar[EnrollmentState]
    ENROLLMENT_STATE_COMPLETED: _ClassVar[EnrollmentState]
    ENROLLMENT_STATE_DROPPED: _ClassVar[EnrollmentState]

class LessonState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LESSON_STATE_UNSPECIFIED: _ClassVar[LessonState]
    LESSON_STATE_NOT_STARTED: _ClassVar[LessonState]
    LESSON_STATE_IN_PROGRESS: _ClassVar[LessonState]
    LESSON_STATE_DONE: _ClassVar[LessonState]

class LessonEvent(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LESSON_EVENT_UNSPECIFIED: _ClassVar[LessonEvent]
    LESSON_EVENT_OPENED: _ClassVar[LessonEvent]
    LESSON_EVENT_VIEWED: _ClassVar[LessonEvent]
ENROLLMENT_STATE_UNSPECIFIED: EnrollmentState
ENROLLMENT_STATE_ACTIVE: EnrollmentState
ENROLLMENT_STATE_COMPLETED: EnrollmentState
ENROLLMENT_STATE_DROPPED: EnrollmentState
LESSON_STATE_UNSPECIFIED: LessonState
LESSON_STATE_NOT_STARTED: LessonState
LESSON_STATE_IN_PROGRESS: LessonState
LESSON_STATE_DONE: LessonState
LESSON_EVENT_UNSPECIFIED: LessonEvent
LESSON_EVENT_OPENED: LessonEvent
LESSON_EVENT_VIEWED: LessonEvent

class Enrollment(_message.Message):
    __slots__ = ("enrollment_id", "course_id", "learner_id", "course_revision", "state", "progress", "etag", "create_time", "update_time", "complete_time")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LEARNER_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_REVISION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    course_id: str
    learner_id: str
    course_revision: int
    state: EnrollmentState
    progress: ProgressSummary
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    complete_time: _timestamp_pb2.Timestamp
    def __init__(self, enrollment_id: _Optional[str] = ..., course_id: _Optional[str] = ..., learner_id: _Optional[str] = ..., course_revision: _Optional[int] = ..., state: _Optional[_Union[EnrollmentState, str]] = ..., progress: _Optional[_Union[ProgressSummary, _Mapping]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ProgressSummary(_message.Message):
    __slots__ = ("required_lessons", "completed_lessons", "percent")
    REQUIRED_LESSONS_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_LESSONS_FIELD_NUMBER: _ClassVar[int]
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    required_lessons: int
    completed_lessons: int
    percent: int
    def __init__(self, required_lessons: _Optional[int] = ..., completed_lessons: _Optional[int] = ..., percent: _Optional[int] = ...) -> None: ...

class LessonProgress(_message.Message):
    __slots__ = ("lesson_id", "state", "required", "start_time", "complete_time")
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_TIME_FIELD_NUMBER: _ClassVar[int]
    lesson_id: str
    state: LessonState
    required: bool
    start_time: _timestamp_pb2.Timestamp
    complete_time: _timestamp_pb2.Timestamp
    def __init__(self, lesson_id: _Optional[str] = ..., state: _Optional[_Union[LessonState, str]] = ..., required: _Optional[bool] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., complete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("enrollment_id", "state", "summary", "lessons", "cursor")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    LESSONS_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    state: EnrollmentState
    summary: ProgressSummary
    lessons: _containers.RepeatedCompositeFieldContainer[LessonProgress]
    cursor: str
    def __init__(self, enrollment_id: _Optional[str] = ..., state: _Optional[_Union[EnrollmentState, str]] = ..., summary: _Optional[_Union[ProgressSummary, _Mapping]] = ..., lessons: _Optional[_Iterable[_Union[LessonProgress, _Mapping]]] = ..., cursor: _Optional[str] = ...) -> None: ...

class EnrollRequest(_message.Message):
    __slots__ = ("request_id", "course_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course_id: str
    def __init__(self, request_id: _Optional[str] = ..., course_id: _Optional[str] = ...) -> None: ...

class UnenrollRequest(_message.Message):
    __slots__ = ("enrollment_id", "etag")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    etag: str
    def __init__(self, enrollment_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class GetEnrollmentRequest(_message.Message):
    __slots__ = ("enrollment_id",)
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    def __init__(self, enrollment_id: _Optional[str] = ...) -> None: ...

class ListEnrollmentsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "course_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    course_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., course_id: _Optional[str] = ...) -> None: ...

class ListEnrollmentsResponse(_message.Message):
    __slots__ = ("enrollments", "next_page_token")
    ENROLLMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    enrollments: _containers.RepeatedCompositeFieldContainer[Enrollment]
    next_page_token: str
    def __init__(self, enrollments: _Optional[_Iterable[_Union[Enrollment, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateProgressRequest(_message.Message):
    __slots__ = ("enrollment_id", "lesson_id", "event")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    lesson_id: str
    event: LessonEvent
    def __init__(self, enrollment_id: _Optional[str] = ..., lesson_id: _Optional[str] = ..., event: _Optional[_Union[LessonEvent, str]] = ...) -> None: ...

class UpdateProgressResponse(_message.Message):
    __slots__ = ("lesson", "summary", "state")
    LESSON_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    lesson: LessonProgress
    summary: ProgressSummary
    state: EnrollmentState
    def __init__(self, lesson: _Optional[_Union[LessonProgress, _Mapping]] = ..., summary: _Optional[_Union[ProgressSummary, _Mapping]] = ..., state: _Optional[_Union[EnrollmentState, str]] = ...) -> None: ...

class GetProgressRequest(_message.Message):
    __slots__ = ("enrollment_id",)
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    def __init__(self, enrollment_id: _Optional[str] = ...) -> None: ...

class WatchProgressRequest(_message.Message):
    __slots__ = ("enrollment_id", "cursor")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CURSOR_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    cursor: str
    def __init__(self, enrollment_id: _Optional[str] = ..., cursor: _Optional[str] = ...) -> None: ...

class WatchProgressResponse(_message.Message):
    __slots__ = ("progress",)
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    progress: Progress
    def __init__(self, progress: _Optional[_Union[Progress, _Mapping]] = ...) -> None: ...
