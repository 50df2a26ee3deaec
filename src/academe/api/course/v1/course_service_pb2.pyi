from academe.api.course.v1 import course_pb2 as _course_pb2
from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from academe.api.rpc.v1 import options_pb2 as _options_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ImportOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    IMPORT_OUTCOME_UNSPECIFIED: _ClassVar[ImportOutcome]
    IMPORT_OUTCOME_IMPORTED: _ClassVar[ImportOutcome]
    IMPORT_OUTCOME_DEGRADED: _ClassVar[ImportOutcome]
    IMPORT_OUTCOME_LEFT_OUT: _ClassVar[ImportOutcome]
IMPORT_OUTCOME_UNSPECIFIED: ImportOutcome
IMPORT_OUTCOME_IMPORTED: ImportOutcome
IMPORT_OUTCOME_DEGRADED: ImportOutcome
IMPORT_OUTCOME_LEFT_OUT: ImportOutcome

class CreateCourseRequest(_message.Message):
    __slots__ = ("request_id", "course")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course: _course_pb2.Course
    def __init__(self, request_id: _Optional[str] = ..., course: _Optional[_Union[_course_pb2.Course, _Mapping]] = ...) -> None: ...

class GetCourseRequest(_message.Message):
    __slots__ = ("course_id",)
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    def __init__(self, course_id: _Optional[str] = ...) -> None: ...

class ListCoursesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "educator_id", "show_deleted")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    SHOW_DELETED_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    educator_id: str
    show_deleted: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., educator_id: _Optional[str] = ..., show_deleted: _Optional[bool] = ...) -> None: ...

class ListCoursesResponse(_message.Message):
    __slots__ = ("courses", "next_page_token")
    COURSES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    courses: _containers.RepeatedCompositeFieldContainer[_course_pb2.Course]
    next_page_token: str
    def __init__(self, courses: _Optional[_Iterable[_Union[_course_pb2.Course, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateCourseRequest(_message.Message):
    __slots__ = ("course", "update_mask")
    COURSE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    course: _course_pb2.Course
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, course: _Optional[_Union[_course_pb2.Course, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class DeleteCourseRequest(_message.Message):
    __slots__ = ("course_id", "etag")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    etag: str
    def __init__(self, course_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class UndeleteCourseRequest(_message.Message):
    __slots__ = ("course_id",)
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    def __init__(self, course_id: _Optional[str] = ...) -> None: ...

class PublishCourseRequest(_message.Message):
    __slots__ = ("course_id", "etag")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    etag: str
    def __init__(self, course_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class ImportCourseRequest(_message.Message):
    __slots__ = ("header", "chunk")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    header: ImportCourseHeader
    chunk: bytes
    def __init__(self, header: _Optional[_Union[ImportCourseHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class ImportCourseHeader(_message.Message):
    __slots__ = ("request_id", "course_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course_id: str
    def __init__(self, request_id: _Optional[str] = ..., course_id: _Optional[str] = ...) -> None: ...

class ImportCourseResponse(_message.Message):
    __slots__ = ("course", "import_id", "imported_count", "degraded_count", "left_out_count", "unchanged")
    COURSE_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEFT_OUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    course: _course_pb2.Course
    import_id: str
    imported_count: int
    degraded_count: int
    left_out_count: int
    unchanged: bool
    def __init__(self, course: _Optional[_Union[_course_pb2.Course, _Mapping]] = ..., import_id: _Optional[str] = ..., imported_count: _Optional[int] = ..., degraded_count: _Optional[int] = ..., left_out_count: _Optional[int] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class ImportItem(_message.Message):
    __slots__ = ("path", "item_type", "source_id", "title", "outcome", "reason", "detail")
    PATH_FIELD_NUMBER: _ClassVar[int]
    ITEM_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    path: str
    item_type: str
    source_id: str
    title: str
    outcome: ImportOutcome
    reason: str
    detail: str
    def __init__(self, path: _Optional[str] = ..., item_type: _Optional[str] = ..., source_id: _Optional[str] = ..., title: _Optional[str] = ..., outcome: _Optional[_Union[ImportOutcome, str]] = ..., reason: _Optional[str] = ..., detail: _Optional[str] = ...) -> None: ...

class ListImportItemsRequest(_message.Message):
    __slots__ = ("course_id", "import_id", "page_size", "page_token")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    import_id: str
    page_size: int
    page_token: str
    def __init__(self, course_id: _Optional[str] = ..., import_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListImportItemsResponse(_message.Message):
    __slots__ = ("items", "next_page_token")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ImportItem]
    next_page_token: str
    def __init__(self, items: _Optional[_Iterable[_Union[ImportItem, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CreateModuleRequest(_message.Message):
    __slots__ = ("request_id", "course_id", "module")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course_id: str
    module: _course_pb2.Module
    def __init__(self, request_id: _Optional[str] = ..., course_id: _Optional[str] = ..., module: _Optional[_Union[_course_pb2.Module, _Mapping]] = ...) -> None: ...

class GetModuleRequest(_message.Message):
    __slots__ = ("course_id", "module_id", "revision")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    module_id: str
    revision: int
    def __init__(self, course_id: _Optional[str] = ..., module_id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class ListModulesRequest(_message.Message):
    __slots__ = ("course_id", "revision", "page_size", "page_token")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    revision: int
    page_size: int
    page_token: str
    def __init__(self, course_id: _Optional[str] = ..., revision: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListModulesResponse(_message.Message):
    __slots__ = ("modules", "next_page_token")
    MODULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    modules: _containers.RepeatedCompositeFieldContainer[_course_pb2.Module]
    next_page_token: str
    def __init__(self, modules: _Optional[_Iterable[_Union[_course_pb2.Module, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateModuleRequest(_message.Message):
    __slots__ = ("module", "update_mask")
    MODULE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    module: _course_pb2.Module
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, module: _Optional[_Union[_course_pb2.Module, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class DeleteModuleRequest(_message.Message):
    __slots__ = ("course_id", "module_id", "etag")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    module_id: str
    etag: str
    def __init__(self, course_id: _Optional[str] = ..., module_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DeleteModuleResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreateLessonRequest(_message.Message):
    __slots__ = ("request_id", "course_id", "module_id", "lesson")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course_id: str
    module_id: str
    lesson: _course_pb2.Lesson
    def __init__(self, request_id: _Optional[str] = ..., course_id: _Optional[str] = ..., module_id: _Optional[str] = ..., lesson: _Optional[_Union[_course_pb2.Lesson, _Mapping]] = ...) -> None: ...

class GetLessonRequest(_message.Message):
    __slots__ = ("course_id", "lesson_id", "revision")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    lesson_id: str
    revision: int
    def __init__(self, course_id: _Optional[str] = ..., lesson_id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class ListLessonsRequest(_message.Message):
    __slots__ = ("course_id", "module_id", "revision", "page_size", "page_token")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    module_id: str
    revision: int
    page_size: int
    page_token: str
    def __init__(self, course_id: _Optional[str] = ..., module_id: _Optional[str] = ..., revision: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLessonsResponse(_message.Message):
    __slots__ = ("lessons", "next_page_token")
    LESSONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lessons: _containers.RepeatedCompositeFieldContainer[_course_pb2.Lesson]
    next_page_token: str
    def __init__(self, lessons: _Optional[_Iterable[_Union[_course_pb2.Lesson, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateLessonRequest(_message.Message):
    __slots__ = ("lesson", "update_mask")
    LESSON_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    lesson: _course_pb2.Lesson
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, lesson: _Optional[_Union[_course_pb2.Lesson, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class DeleteLessonRequest(_message.Message):
    __slots__ = ("course_id", "lesson_id", "etag")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    lesson_id: str
    etag: str
    def __init__(self, course_id: _Optional[str] = ..., lesson_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class DeleteLessonResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
