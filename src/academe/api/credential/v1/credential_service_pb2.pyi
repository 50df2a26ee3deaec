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

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_VALID: _ClassVar[Verdict]
    VERDICT_REVOKED: _ClassVar[Verdict]
    VERDICT_UNKNOWN: _ClassVar[Verdict]
CREDENTIAL_TYPE_UNSPECIFIED: CredentialType
CREDENTIAL_TYPE_CERTIFICATE: CredentialType
CREDENTIAL_TYPE_BADGE: CredentialType
CREDENTIAL_TYPE_MICRO_DEGREE: CredentialType
CREDENTIAL_TYPE_DEGREE: CredentialType
CREDENTIAL_STATE_UNSPECIFIED: CredentialState
CREDENTIAL_STATE_VALID: CredentialState
CREDENTIAL_STATE_REVOKED: CredentialState
VERDICT_UNSPECIFIED: Verdict
VERDICT_VALID: Verdict
VERDICT_REVOKED: Verdict
VERDICT_UNKNOWN: Verdict

class Credential(_message.Message):
    __slots__ = ("credential_id", "enrollment_id", "course_id", "learner_id", "issuer_id", "type", "course_title", "learner_name", "issuer_name", "verification_code", "state", "issue_time", "revoke_time", "revoke_reason", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LEARNER_ID_FIELD_NUMBER: _ClassVar[int]
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COURSE_TITLE_FIELD_NUMBER: _ClassVar[int]
    LEARNER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_NAME_FIELD_NUMBER: _ClassVar[int]
    VERIFICATION_CODE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ISSUE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_REASON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    enrollment_id: str
    course_id: str
    learner_id: str
    issuer_id: str
    type: CredentialType
    course_title: str
    learner_name: str
    issuer_name: str
    verification_code: str
    state: CredentialState
    issue_time: _timestamp_pb2.Timestamp
    revoke_time: _timestamp_pb2.Timestamp
    revoke_reason: str
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., enrollment_id: _Optional[str] = ..., course_id: _Optional[str] = ..., learner_id: _Optional[str] = ..., issuer_id: _Optional[str] = ..., type: _Optional[_Union[CredentialType, str]] = ..., course_title: _Optional[str] = ..., learner_name: _Optional[str] = ..., issuer_name: _Optional[str] = ..., verification_code: _Optional[str] = ..., state: _Optional[_Union[CredentialState, str]] = ..., issue_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_reason: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class IssueCredentialRequest(_message.Message):
    __slots__ = ("request_id", "enrollment_id", "type")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    enrollment_id: str
    type: CredentialType
    def __init__(self, request_id: _Optional[str] = ..., enrollment_id: _Optional[str] = ..., type: _Optional[_Union[CredentialType, str]] = ...) -> None: ...

class GetCredentialRequest(_message.Message):
    __slots__ = ("credential_id",)
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    def __init__(self, credential_id: _Optional[str] = ...) -> None: ...

class ListCredentialsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "course_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    course_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., course_id: _Optional[str] = ...) -> None: ...

class ListCredentialsResponse(_message.Message):
    __slots__ = ("credentials", "next_page_token")
    CREDENTIALS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    credentials: _containers.RepeatedCompositeFieldContainer[Credential]
    next_page_token: str
    def __init__(self, credentials: _Optional[_Iterable[_Union[Credential, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class VerifyCredentialRequest(_message.Message):
    __slots__ = ("verification_code",)
    VERIFICATION_CODE_FIELD_NUMBER: _ClassVar[int]
    verification_code: str
    def __init__(self, verification_code: _Optional[str] = ...) -> None: ...

class VerifyCredentialResponse(_message.Message):
    __slots__ = ("verdict", "credential")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    verdict: Verdict
    credential: VerifiedCredential
    def __init__(self, verdict: _Optional[_Union[Verdict, str]] = ..., credential: _Optional[_Union[VerifiedCredential, _Mapping]] = ...) -> None: ...

class VerifiedCredential(_message.Message):
    __slots__ = ("type", "course_title", "learner_name", "issuer_name", "issue_time", "revoke_time", "revoke_reason")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COURSE_TITLE_FIELD_NUMBER: _ClassVar[int]
    LEARNER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_REASON_FIELD_NUMBER: _ClassVar[int]
    type: CredentialType
    course_title: str
    learner_name: str
    issuer_name: str
    issue_time: _timestamp_pb2.Timestamp
    revoke_time: _timestamp_pb2.Timestamp
    revoke_reason: str
    def __init__(self, type: _Optional[_Union[CredentialType, str]] = ..., course_title: _Optional[str] = ..., learner_name: _Optional[str] = ..., issuer_name: _Optional[str] = ..., issue_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_reason: _Optional[str] = ...) -> None: ...

class RevokeCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "reason", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    reason: str
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., reason: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...
