import datetime

from academe.api.credential.v1 import credential_pb2 as _credential_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_VALID: _ClassVar[Verdict]
    VERDICT_REVOKED: _ClassVar[Verdict]
    VERDICT_UNKNOWN: _ClassVar[Verdict]
    VERDICT_SUSPENDED: _ClassVar[Verdict]
    VERDICT_EXPIRED: _ClassVar[Verdict]
    VERDICT_NOT_YET_VALID: _ClassVar[Verdict]
    VERDICT_INVALID: _ClassVar[Verdict]

class CheckName(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_NAME_UNSPECIFIED: _ClassVar[CheckName]
    CHECK_NAME_STRUCTURE: _ClassVar[CheckName]
    CHECK_NAME_CONTEXTS: _ClassVar[CheckName]
    CHECK_NAME_PROOF: _ClassVar[CheckName]
    CHECK_NAME_ISSUER: _ClassVar[CheckName]
    CHECK_NAME_VALIDITY: _ClassVar[CheckName]
    CHECK_NAME_STATUS: _ClassVar[CheckName]
    CHECK_NAME_LOG: _ClassVar[CheckName]
    CHECK_NAME_RECIPIENT: _ClassVar[CheckName]

class CheckResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_RESULT_UNSPECIFIED: _ClassVar[CheckResult]
    CHECK_RESULT_PASS: _ClassVar[CheckResult]
    CHECK_RESULT_FAIL: _ClassVar[CheckResult]
    CHECK_RESULT_UNKNOWN: _ClassVar[CheckResult]
VERDICT_UNSPECIFIED: Verdict
VERDICT_VALID: Verdict
VERDICT_REVOKED: Verdict
VERDICT_UNKNOWN: Verdict
VERDICT_SUSPENDED: Verdict
VERDICT_EXPIRED: Verdict
VERDICT_NOT_YET_VALID: Verdict
VERDICT_INVALID: Verdict
CHECK_NAME_UNSPECIFIED: CheckName
CHECK_NAME_STRUCTURE: CheckName
CHECK_NAME_CONTEXTS: CheckName
CHECK_NAME_PROOF: CheckName
CHECK_NAME_ISSUER: CheckName
CHECK_NAME_VALIDITY: CheckName
CHECK_NAME_STATUS: CheckName
CHECK_NAME_LOG: CheckName
CHECK_NAME_RECIPIENT: CheckName
CHECK_RESULT_UNSPECIFIED: CheckResult
CHECK_RESULT_PASS: CheckResult
CHECK_RESULT_FAIL: CheckResult
CHECK_RESULT_UNKNOWN: CheckResult

class VerifyCredentialRequest(_message.Message):
    __slots__ = ("verification_code", "uri", "document", "expected_name", "expected_email")
    VERIFICATION_CODE_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_NAME_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_EMAIL_FIELD_NUMBER: _ClassVar[int]
    verification_code: str
    uri: str
    document: bytes
    expected_name: str
    expected_email: str
    def __init__(self, verification_code: _Optional[str] = ..., uri: _Optional[str] = ..., document: _Optional[bytes] = ..., expected_name: _Optional[str] = ..., expected_email: _Optional[str] = ...) -> None: ...

class CredentialCheck(_message.Message):
    __slots__ = ("name", "result", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: CheckName
    result: CheckResult
    reason: str
    def __init__(self, name: _Optional[_Union[CheckName, str]] = ..., result: _Optional[_Union[CheckResult, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class VerifyCredentialResponse(_message.Message):
    __slots__ = ("verdict", "credential", "checks")
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    CHECKS_FIELD_NUMBER: _ClassVar[int]
    verdict: Verdict
    credential: VerifiedCredential
    checks: _containers.RepeatedCompositeFieldContainer[CredentialCheck]
    def __init__(self, verdict: _Optional[_Union[Verdict, str]] = ..., credential: _Optional[_Union[VerifiedCredential, _Mapping]] = ..., checks: _Optional[_Iterable[_Union[CredentialCheck, _Mapping]]] = ...) -> None: ...

class VerifiedCredential(_message.Message):
    __slots__ = ("type", "course_title", "learner_name", "issuer_name", "issue_time", "revoke_time", "status_reason", "expire_time", "issuer_did", "title", "description", "criteria", "uri")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    COURSE_TITLE_FIELD_NUMBER: _ClassVar[int]
    LEARNER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_NAME_FIELD_NUMBER: _ClassVar[int]
    ISSUE_TIME_FIELD_NUMBER: _ClassVar[int]
    REVOKE_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_REASON_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    ISSUER_DID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    type: _credential_pb2.CredentialType
    course_title: str
    learner_name: str
    issuer_name: str
    issue_time: _timestamp_pb2.Timestamp
    revoke_time: _timestamp_pb2.Timestamp
    status_reason: str
    expire_time: _timestamp_pb2.Timestamp
    issuer_did: str
    title: str
    description: str
    criteria: str
    uri: str
    def __init__(self, type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ..., course_title: _Optional[str] = ..., learner_name: _Optional[str] = ..., issuer_name: _Optional[str] = ..., issue_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoke_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status_reason: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., issuer_did: _Optional[str] = ..., title: _Optional[str] = ..., description: _Optional[str] = ..., criteria: _Optional[str] = ..., uri: _Optional[str] = ...) -> None: ...
