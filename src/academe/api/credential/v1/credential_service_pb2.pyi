from academe.api.credential.v1 import credential_pb2 as _credential_pb2
from academe.api.credential.v1 import issue_job_pb2 as _issue_job_pb2
from academe.api.credential.v1 import issuer_pb2 as _issuer_pb2
from academe.api.credential.v1 import template_pb2 as _template_pb2
from academe.api.credential.v1 import transparency_log_pb2 as _transparency_log_pb2
from academe.api.credential.v1 import verification_pb2 as _verification_pb2
from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from academe.api.rpc.v1 import options_pb2 as _options_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class IssueCredentialRequest(_message.Message):
    __slots__ = ("request_id", "enrollment_id", "type", "results", "evidence", "replace_revoked")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ENROLLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    REPLACE_REVOKED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    enrollment_id: str
    type: _credential_pb2.CredentialType
    results: _containers.RepeatedCompositeFieldContainer[_credential_pb2.CredentialResult]
    evidence: _containers.RepeatedCompositeFieldContainer[_credential_pb2.CredentialEvidence]
    replace_revoked: bool
    def __init__(self, request_id: _Optional[str] = ..., enrollment_id: _Optional[str] = ..., type: _Optional[_Union[_credential_pb2.CredentialType, str]] = ..., results: _Optional[_Iterable[_Union[_credential_pb2.CredentialResult, _Mapping]]] = ..., evidence: _Optional[_Iterable[_Union[_credential_pb2.CredentialEvidence, _Mapping]]] = ..., replace_revoked: _Optional[bool] = ...) -> None: ...

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
    credentials: _containers.RepeatedCompositeFieldContainer[_credential_pb2.Credential]
    next_page_token: str
    def __init__(self, credentials: _Optional[_Iterable[_Union[_credential_pb2.Credential, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class UpdateCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "visibility", "keeps_name", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    KEEPS_NAME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    visibility: _credential_pb2.CredentialVisibility
    keeps_name: bool
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., visibility: _Optional[_Union[_credential_pb2.CredentialVisibility, str]] = ..., keeps_name: _Optional[bool] = ..., etag: _Optional[str] = ...) -> None: ...

class DownloadCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "format")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    format: _credential_pb2.CredentialFormat
    def __init__(self, credential_id: _Optional[str] = ..., format: _Optional[_Union[_credential_pb2.CredentialFormat, str]] = ...) -> None: ...

class DownloadTranscriptRequest(_message.Message):
    __slots__ = ("learner_id",)
    LEARNER_ID_FIELD_NUMBER: _ClassVar[int]
    learner_id: str
    def __init__(self, learner_id: _Optional[str] = ...) -> None: ...

class CredentialFile(_message.Message):
    __slots__ = ("content", "content_type", "file_name")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    content_type: str
    file_name: str
    def __init__(self, content: _Optional[bytes] = ..., content_type: _Optional[str] = ..., file_name: _Optional[str] = ...) -> None: ...

class RevokeCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "reason", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    reason: str
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., reason: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class SuspendCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "reason", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    reason: str
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., reason: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class ReinstateCredentialRequest(_message.Message):
    __slots__ = ("credential_id", "etag")
    CREDENTIAL_ID_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    credential_id: str
    etag: str
    def __init__(self, credential_id: _Optional[str] = ..., etag: _Optional[str] = ...) -> None: ...

class EraseHolderRequest(_message.Message):
    __slots__ = ("learner_id",)
    LEARNER_ID_FIELD_NUMBER: _ClassVar[int]
    learner_id: str
    def __init__(self, learner_id: _Optional[str] = ...) -> None: ...

class EraseHolderResponse(_message.Message):
    __slots__ = ("erased_count", "kept_count")
    ERASED_COUNT_FIELD_NUMBER: _ClassVar[int]
    KEPT_COUNT_FIELD_NUMBER: _ClassVar[int]
    erased_count: int
    kept_count: int
    def __init__(self, erased_count: _Optional[int] = ..., kept_count: _Optional[int] = ...) -> None: ...
