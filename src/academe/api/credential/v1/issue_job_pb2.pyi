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

class IssueJobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ISSUE_JOB_STATE_UNSPECIFIED: _ClassVar[IssueJobState]
    ISSUE_JOB_STATE_RUNNING: _ClassVar[IssueJobState]
    ISSUE_JOB_STATE_DONE: _ClassVar[IssueJobState]
    ISSUE_JOB_STATE_CANCELED: _ClassVar[IssueJobState]
ISSUE_JOB_STATE_UNSPECIFIED: IssueJobState
ISSUE_JOB_STATE_RUNNING: IssueJobState
ISSUE_JOB_STATE_DONE: IssueJobState
ISSUE_JOB_STATE_CANCELED: IssueJobState

class IssueJob(_message.Message):
    __slots__ = ("issue_job_id", "course_id", "type", "state", "total_count", "issued_count", "existing_count", "failed_count", "create_time", "finish_time")
    ISSUE_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    ISSUED_COUNT_FIELD_NUMBER: _ClassVar[int]
    EXISTING_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    FINISH_TIME_FIELD_NUMBER: _ClassVar[int]
    issue_job_id: str
    course_id: str
    type: _credential_pb2.CredentialType
    state: IssueJobState
    total_count: int
    issued_count: int
    existing_count: int
    failed_count: int
    create_time: _timestamp_pb2.Timestamp
    finish_time: _timestamp_pb2.Timestamp
    def __init__(self, issue_job_id: _Optional[str] = ..., course_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ..., state: _Optional[_Union[IssueJobState, str]] = ..., total_count: _Optional[int] = ..., issued_count: _Optional[int] = ..., existing_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., finish_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BulkIssueCredentialsRequest(_message.Message):
    __slots__ = ("request_id", "course_id", "type", "enrollment_ids")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ENROLLMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    course_id: str
    type: _credential_pb2.CredentialType
    enrollment_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., course_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ..., enrollment_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetIssueJobRequest(_message.Message):
    __slots__ = ("issue_job_id",)
    ISSUE_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    issue_job_id: str
    def __init__(self, issue_job_id: _Optional[str] = ...) -> None: ...

class CancelIssueJobRequest(_message.Message):
    __slots__ = ("issue_job_id",)
    ISSUE_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    issue_job_id: str
    def __init__(self, issue_job_id: _Optional[str] = ...) -> None: ...

class ListIssueFailuresRequest(_message.Message):
    __slots__ = ("issue_job_id", "page_size", "page_token")
    ISSUE_JOB_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    issue_job_id: str
    page_size: int
    page_token: str
    def __init__(self, issue_job_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class IssueFailure(_message.Message):
    __slots__ = ("enrollment_id", "reason", "message")
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    enrollment_id: str
    reason: str
    message: str
    def __init__(self, enrollment_id: _Optional[str] = ..., reason: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ListIssueFailuresResponse(_message.Message):
    __slots__ = ("failures", "next_page_token")
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    failures: _containers.RepeatedCompositeFieldContainer[IssueFailure]
    next_page_token: str
    def __init__(self, failures: _Optional[_Iterable[_Union[IssueFailure, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
