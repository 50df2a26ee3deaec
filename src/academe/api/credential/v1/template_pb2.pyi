import datetime

from academe.api.credential.v1 import credential_pb2 as _credential_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CredentialTemplate(_message.Message):
    __slots__ = ("course_id", "type", "issuer_id", "title", "description", "criteria", "criteria_uri", "alignments", "tags", "language_code", "validity_days", "signatories", "issued_on_completion", "achievement_type", "update_time", "etag")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_URI_FIELD_NUMBER: _ClassVar[int]
    ALIGNMENTS_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_CODE_FIELD_NUMBER: _ClassVar[int]
    VALIDITY_DAYS_FIELD_NUMBER: _ClassVar[int]
    SIGNATORIES_FIELD_NUMBER: _ClassVar[int]
    ISSUED_ON_COMPLETION_FIELD_NUMBER: _ClassVar[int]
    ACHIEVEMENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    type: _credential_pb2.CredentialType
    issuer_id: str
    title: str
    description: str
    criteria: str
    criteria_uri: str
    alignments: _containers.RepeatedCompositeFieldContainer[CredentialAlignment]
    tags: _containers.RepeatedScalarFieldContainer[str]
    language_code: str
    validity_days: int
    signatories: _containers.RepeatedCompositeFieldContainer[CredentialSignatory]
    issued_on_completion: bool
    achievement_type: str
    update_time: _timestamp_pb2.Timestamp
    etag: str
    def __init__(self, course_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ..., issuer_id: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., criteria: _Optional[str] = ..., criteria_uri: _Optional[str] = ..., alignments: _Optional[_Iterable[_Union[CredentialAlignment, _Mapping]]] = ..., tags: _Optional[_Iterable[str]] = ..., language_code: _Optional[str] = ..., validity_days: _Optional[int] = ..., signatories: _Optional[_Iterable[_Union[CredentialSignatory, _Mapping]]] = ..., issued_on_completion: _Optional[bool] = ..., achievement_type: _Optional[str] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class CredentialSignatory(_message.Message):
    __slots__ = ("name", "role", "image")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    role: str
    image: bytes
    def __init__(self, name: _Optional[str] = ..., role: _Optional[str] = ..., image: _Optional[bytes] = ...) -> None: ...

class CredentialAlignment(_message.Message):
    __slots__ = ("name", "uri", "code", "framework", "description")
    NAME_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FRAMEWORK_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    name: str
    uri: str
    code: str
    framework: str
    description: str
    def __init__(self, name: _Optional[str] = ..., uri: _Optional[str] = ..., code: _Optional[str] = ..., framework: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class SetCredentialTemplateRequest(_message.Message):
    __slots__ = ("template",)
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    template: CredentialTemplate
    def __init__(self, template: _Optional[_Union[CredentialTemplate, _Mapping]] = ...) -> None: ...

class GetCredentialTemplateRequest(_message.Message):
    __slots__ = ("course_id", "type")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    type: _credential_pb2.CredentialType
    def __init__(self, course_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ...) -> None: ...

class ListCredentialTemplatesRequest(_message.Message):
    __slots__ = ("course_id",)
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    def __init__(self, course_id: _Optional[str] = ...) -> None: ...

class ListCredentialTemplatesResponse(_message.Message):
    __slots__ = ("templates",)
    TEMPLATES_FIELD_NUMBER: _ClassVar[int]
    templates: _containers.RepeatedCompositeFieldContainer[CredentialTemplate]
    def __init__(self, templates: _Optional[_Iterable[_Union[CredentialTemplate, _Mapping]]] = ...) -> None: ...

class DeleteCredentialTemplateRequest(_message.Message):
    __slots__ = ("course_id", "type")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    type: _credential_pb2.CredentialType
    def __init__(self, course_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ...) -> None: ...

class DeleteCredentialTemplateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PreviewCredentialRequest(_message.Message):
    __slots__ = ("template", "format")
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    template: CredentialTemplate
    format: _credential_pb2.CredentialFormat
    def __init__(self, template: _Optional[_Union[CredentialTemplate, _Mapping]] = ..., format: _Optional[_Union[_credential_pb2.CredentialFormat, str]] = ...) -> None: ...
