import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CredentialType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDENTIAL_TYPE_UNSPECIFIED: _ClassVar[CredentialType]
    CREDENTIAL_TYPE_CERTIFICATE: _ClassVar[CredentialType]
    CREDENTIAL_TYPE_BADGE: _ClassVar[CredentialType]
    CREDENTIAL_TYPE_MICRO_DEGREE: _ClassVar[CredentialType]
    CREDENTIAL_TYPE_DEGREE: _ClassVar[CredentialType]

class CredentialState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDENTIAL_STATE_UNSPECIFIED: _ClassVar[CredentialState]
    CREDENTIAL_STATE_VALID: _ClassVar[CredentialState]
    CREDENTIAL_STATE_REVOKED: _ClassVar[CredentialState]
    CREDENTIAL_STATE_SUSPENDED: _ClassVar[CredentialState]

class CredentialVisibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDENTIAL_VISIBILITY_UNSPECIFIED: _ClassVar[CredentialVisibility]
    CREDENTIAL_VISIBILITY_HOLDER: _ClassVar[CredentialVisibility]
    CREDENTIAL_VISIBILITY_CODE: _ClassVar[CredentialVisibility]
    CREDENTIAL_VISIBILITY_PUBLIC: _ClassVar[CredentialVisibility]

class CredentialFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDENTIAL_FORMAT_UNSPECIFIED: _ClassVar[CredentialFormat]
    CREDENTIAL_FORMAT_JSON: _ClassVar[CredentialFormat]
    CREDENTIAL_FORMAT_JWT: _ClassVar[CredentialFormat]
    CREDENTIAL_FORMAT_PNG: _ClassVar[CredentialFormat]
    CREDENTIAL_FORMAT_SVG: _ClassVar[CredentialFormat]
    CREDENTIAL_FORMAT_PDF: _ClassVar[CredentialFormat]
CREDENTIAL_TYPE_UNSPECIFIED: CredentialType
CREDENTIAL_TYPE_CERTIFICATE: CredentialType
CREDENTIAL_TYPE_BADGE: CredentialType
CREDENTIAL_TYPE_MICRO_DEGREE: CredentialType
CREDENTIAL_TYPE_DEGREE: CredentialType
CREDENTIAL_STATE_UNSPECIFIED: CredentialState
CREDENTIAL_STATE_VALID: CredentialState
CREDENTIAL_STATE_REVOKED: CredentialState
CREDENTIAL_STATE_SUSPENDED: CredentialState
CREDENTIAL_VISIBILITY_UNSPECIFIED: CredentialVisibility
CREDENTIAL_VISIBILITY_HOLDER: CredentialVisibility
CREDENTIAL_VISIBILITY_CODE: CredentialVisibility
CREDENTIAL_VISIBILITY_PUBLIC: CredentialVisibility
CREDENTIAL_FORMAT_UNSPECIFIED: CredentialFormat
CREDENTIAL_FORMAT_JSON: CredentialFormat
CREDENTIAL_FORMAT_JWT: CredentialFormat
CREDENTIAL_FORMAT_PNG: CredentialFormat
CREDENTIAL_FORMAT_SVG: CredentialFormat
CREDENTIAL_FORMAT_PDF: CredentialFormat

class Credential(_message.Message):
    __slots__ = ("credential_id", "enrollment_id", "course_id", "learner_id", "awarder_id", "type", "course_title", "learner_name", "awarder_name", "verification_code", "state", "issue_time", "revoke_time", "status_reason", "etag", "suspend_time", "expire_time", "visibility", "keeps_name", "issuer_id", "issuer_name", "issuer_did", "title", "uri", "document_sha256")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LEARNER_ID_FIELD_NUMBER: _ClassVar[int]
    AWARDER_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COURSE_TITLE_FIELD_NUMBER: _ClassVar[int]
    LEARNER_NAME_FIELD_NUMBER: _ClassVar[int]
    AWARDER_NAME_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_CODE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ISSUE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_REASON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    SUSPEND_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    KEEPS_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_DID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    enrollment_id: str
    course_id: str
    learner_id: str
    awarder_id: str
    type: CredentialType
    course_title: str
    learner_name: str
    awarder_name: str
    verification_code: str
    state: CredentialState
    issue_time: _timestamp_pb2.Timestamp
    revoke_time: _timestamp_pb2.Timestamp
    status_reason: str
    etag: str
    suspend_time: _timestamp_pb2.Timestamp
    expire_time: _timestamp_pb2.Timestamp
    visibility: CredentialVisibility
    keeps_name: bool
    issuer_id: str
    issuer_name: str
    issuer_did: str
    title: str
    uri: str
    document_sha256: str
    def __init__(self, credential_id: _Optional[str] = ..., enrollment_id: _Optional[str] = ..., course_id: _Optional[str] = ..., learner_id: _Optional[str] = ..., awarder_id: _Optional[str] = ..., type: _Optional[_Union[CredentialType, str]] = ..., course_title: _Optional[str] = ..., learner_name: _Optional[str] = ..., awarder_name: _Optional[str] = ..., verification_code: _Optional[str] = ..., state: _Optional[_Union[CredentialState, str]] = ..., issue_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status_reason: _Optional[str] = ..., etag: _Optional[str] = ..., suspend_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., visibility: _Optional[_Union[CredentialVisibility, str]] = ..., keeps_name: _Optional[bool] = ..., issuer_id: _Optional[str] = ..., issuer_name: _Optional[str] = ..., issuer_did: _Optional[str] = ..., title: _Optional[str] = ..., uri: _Optional[str] = ..., document_sha256: _Optional[str] = ...) -> None: ...

class CredentialResult(_message.Message):
    __slots__ = ("name", "value")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: str
    def __init__(self, name: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class CredentialEvidence(_message.Message):
    __slots__ = ("uri", "name", "narrative")
    URI_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NARRATIVE_FIELD_NUMBER: _ClassVar[int]
    uri: str
    name: str
    narrative: str
    def __init__(self, uri: _Optional[str] = ..., name: _Optional[str] = ..., narrative: _Optional[str] = ...) -> None: ...
