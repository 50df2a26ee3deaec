import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CourseState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COURSE_STATE_UNSPECIFIED: _ClassVar[CourseState]
    COURSE_STATE_DRAFT: _ClassVar[CourseState]
    COURSE_STATE_PUBLISHED: _ClassVar[CourseState]
COURSE_STATE_UNSPECIFIED: CourseState
COURSE_STATE_DRAFT: CourseState
COURSE_STATE_PUBLISHED: CourseState

class Course(_message.Message):
    __slots__ = ("course_id", "title", "description", "language", "state", "educator_ids", "published_revision", "publish_time", "module_count", "lesson_count", "etag", "create_time", "update_time", "delete_time")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_IDS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_REVISION_FIELD_NUMBER: _ClassVar[int]
    PUBLISH_TIME_FIELD_NUMBER: _ClassVar[int]
    MODULE_COUNT_FIELD_NUMBER: _ClassVar[int]
    LESSON_COUNT_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    DELETE_TIME_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    title: str
    description: str
    language: str
    state: CourseState
    educator_ids: _containers.RepeatedScalarFieldContainer[str]
    published_revision: int
    publish_time: _timestamp_pb2.Timestamp
    module_count: int
    lesson_count: int
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    delete_time: _timestamp_pb2.Timestamp
    def __init__(self, course_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., language: _Optional[str] = ..., state: _Optional[_Union[CourseState, str]] = ..., educator_ids: _Optional[_Iterable[str]] = ..., published_revision: _Optional[int] = ..., publish_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., module_count: _Optional[int] = ..., lesson_count: _Optional[int] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., delete_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Module(_message.Message):
    __slots__ = ("module_id", "course_id", "title", "description", "etag", "create_time", "update_time")
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    module_id: str
    course_id: str
    title: str
    description: str
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, module_id: _Optional[str] = ..., course_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Lesson(_message.Message):
    __slots__ = ("lesson_id", "course_id", "module_id", "title", "section", "optional", "blocks", "etag", "create_time", "update_time")
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    MODULE_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SECTION_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    lesson_id: str
    course_id: str
    module_id: str
    title: str
    section: str
    optional: bool
    blocks: _containers.RepeatedCompositeFieldContainer[ContentBlock]
    etag: str
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, lesson_id: _Optional[str] = ..., course_id: _Optional[str] = ..., module_id: _Optional[str] = ..., title: _Optional[str] = ..., section: _Optional[str] = ..., optional: _Optional[bool] = ..., blocks: _Optional[_Iterable[_Union[ContentBlock, _Mapping]]] = ..., etag: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ContentBlock(_message.Message):
    __slots__ = ("block_id", "title", "html", "video", "placeholder")
    BLOCK_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    PLACEHOLDER_FIELD_NUMBER: _ClassVar[int]
    block_id: str
    title: str
    html: HtmlContent
    video: VideoContent
    placeholder: PlaceholderContent
    def __init__(self, block_id: _Optional[str] = ..., title: _Optional[str] = ..., html: _Optional[_Union[HtmlContent, _Mapping]] = ..., video: _Optional[_Union[VideoContent, _Mapping]] = ..., placeholder: _Optional[_Union[PlaceholderContent, _Mapping]] = ...) -> None: ...

class HtmlContent(_message.Message):
    __slots__ = ("html",)
    HTML_FIELD_NUMBER: _ClassVar[int]
    html: str
    def __init__(self, html: _Optional[str] = ...) -> None: ...

class VideoContent(_message.Message):
    __slots__ = ("urls", "youtube_id")
    URLS_FIELD_NUMBER: _ClassVar[int]
    YOUTUBE_ID_FIELD_NUMBER: _ClassVar[int]
    urls: _containers.RepeatedScalarFieldContainer[str]
    youtube_id: str
    def __init__(self, urls: _Optional[_Iterable[str]] = ..., youtube_id: _Optional[str] = ...) -> None: ...

class PlaceholderContent(_message.Message):
    __slots__ = ("kind", "html")
    KIND_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    kind: str
    html: str
    def __init__(self, kind: _Optional[str] = ..., html: _Optional[str] = ...) -> None: ...
