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

class IssuerKeyUse(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ISSUER_KEY_USE_UNSPECIFIED: _ClassVar[IssuerKeyUse]
    ISSUER_KEY_USE_DOCUMENT: _ClassVar[IssuerKeyUse]
    ISSUER_KEY_USE_TOKEN: _ClassVar[IssuerKeyUse]

class IssuerKeyState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ISSUER_KEY_STATE_UNSPECIFIED: _ClassVar[IssuerKeyState]
    ISSUER_KEY_STATE_ACTIVE: _ClassVar[IssuerKeyState]
    ISSUER_KEY_STATE_RETIRED: _ClassVar[IssuerKeyState]
    ISSUER_KEY_STATE_COMPROMISED: _ClassVar[IssuerKeyState]
ISSUER_KEY_USE_UNSPECIFIED: IssuerKeyUse
ISSUER_KEY_USE_DOCUMENT: IssuerKeyUse
ISSUER_KEY_USE_TOKEN: IssuerKeyUse
ISSUER_KEY_STATE_UNSPECIFIED: IssuerKeyState
ISSUER_KEY_STATE_ACTIVE: IssuerKeyState
ISSUER_KEY_STATE_RETIRED: IssuerKeyState
ISSUER_KEY_STATE_COMPROMISED: IssuerKeyState

class Issuer(_message.Message):
    __slots__ = ("issuer_id", "slug", "did", "name", "uri", "email", "brand", "create_time", "etag")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    DID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    slug: str
    did: str
    name: str
    uri: str
    email: str
    brand: IssuerBrand
    create_time: _timestamp_pb2.Timestamp
    etag: str
    def __init__(self, issuer_id: _Optional[str] = ..., slug: _Optional[str] = ..., did: _Optional[str] = ..., name: _Optional[str] = ..., uri: _Optional[str] = ..., email: _Optional[str] = ..., brand: _Optional[_Union[IssuerBrand, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class IssuerBrand(_message.Message):
    __slots__ = ("logo", "primary_color", "accent_color")
    LOGO_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_COLOR_FIELD_NUMBER: _ClassVar[int]
    ACCENT_COLOR_FIELD_NUMBER: _ClassVar[int]
    logo: bytes
    primary_color: str
    accent_color: str
    def __init__(self, logo: _Optional[bytes] = ..., primary_color: _Optional[str] = ..., accent_color: _Optional[str] = ...) -> None: ...

class CreateIssuerRequest(_message.Message):
    __slots__ = ("slug", "name", "uri", "email", "brand", "domain")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    slug: str
    name: str
    uri: str
    email: str
    brand: IssuerBrand
    domain: str
    def __init__(self, slug: _Optional[str] = ..., name: _Optional[str] = ..., uri: _Optional[str] = ..., email: _Optional[str] = ..., brand: _Optional[_Union[IssuerBrand, _Mapping]] = ..., domain: _Optional[str] = ...) -> None: ...

class UpdateIssuerRequest(_message.Message):
    __slots__ = ("issuer_id", "name", "uri", "email", "brand", "etag")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    BRAND_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    name: str
    uri: str
    email: str
    brand: IssuerBrand
    etag: str
    def __init__(self, issuer_id: _Optional[str] = ..., name: _Optional[str] = ..., uri: _Optional[str] = ..., email: _Optional[str] = ..., brand: _Optional[_Union[IssuerBrand, _Mapping]] = ..., etag: _Optional[str] = ...) -> None: ...

class GetIssuerRequest(_message.Message):
    __slots__ = ("issuer_id",)
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    def __init__(self, issuer_id: _Optional[str] = ...) -> None: ...

class ListIssuersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListIssuersResponse(_message.Message):
    __slots__ = ("issuers", "next_page_token")
    ISSUERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    issuers: _containers.RepeatedCompositeFieldContainer[Issuer]
    next_page_token: str
    def __init__(self, issuers: _Optional[_Iterable[_Union[Issuer, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class IssuerKey(_message.Message):
    __slots__ = ("verification_method", "issuer_id", "number", "use", "state", "public_key_multibase", "create_time", "retire_time", "compromise_time")
    VERIFICATION_METHOD_FIELD_NUMBER: _ClassVar[int]
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    USE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_MULTIBASE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RETIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    COMPROMISE_TIME_FIELD_NUMBER: _ClassVar[int]
    verification_method: str
    issuer_id: str
    number: int
    use: IssuerKeyUse
    state: IssuerKeyState
    public_key_multibase: str
    create_time: _timestamp_pb2.Timestamp
    retire_time: _timestamp_pb2.Timestamp
    compromise_time: _timestamp_pb2.Timestamp
    def __init__(self, verification_method: _Optional[str] = ..., issuer_id: _Optional[str] = ..., number: _Optional[int] = ..., use: _Optional[_Union[IssuerKeyUse, str]] = ..., state: _Optional[_Union[IssuerKeyState, str]] = ..., public_key_multibase: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., retire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., compromise_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListIssuerKeysRequest(_message.Message):
    __slots__ = ("issuer_id",)
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    def __init__(self, issuer_id: _Optional[str] = ...) -> None: ...

class ListIssuerKeysResponse(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[IssuerKey]
    def __init__(self, keys: _Optional[_Iterable[_Union[IssuerKey, _Mapping]]] = ...) -> None: ...

class RotateIssuerKeyRequest(_message.Message):
    __slots__ = ("issuer_id", "use", "number")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    USE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    use: IssuerKeyUse
    number: int
    def __init__(self, issuer_id: _Optional[str] = ..., use: _Optional[_Union[IssuerKeyUse, str]] = ..., number: _Optional[int] = ...) -> None: ...

class MarkIssuerKeyCompromisedRequest(_message.Message):
    __slots__ = ("issuer_id", "number")
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    number: int
    def __init__(self, issuer_id: _Optional[str] = ..., number: _Optional[int] = ...) -> None: ...

class GetIssuerDocumentRequest(_message.Message):
    __slots__ = ("issuer_id",)
    ISSUER_ID_FIELD_NUMBER: _ClassVar[int]
    issuer_id: str
    def __init__(self, issuer_id: _Optional[str] = ...) -> None: ...

class IssuerDocument(_message.Message):
    __slots__ = ("document", "uri")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    URI_FIELD_NUMBER: _ClassVar[int]
    document: bytes
    uri: str
    def __init__(self, document: _Optional[bytes] = ..., uri: _Optional[str] = ...) -> None: ...
