"""What of a message may be written down."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.struct_pb2 import ListValue, Struct

from academe.api.auth.v1 import auth_service_pb2
from academe.api.rpc.v1 import options_pb2
from academe.api.user.v1 import user_service_pb2
from academe.rpc.safe_fields import ITEMS_MAX, TEXT_MAX, safe_fields, sensitive_values


def sensitive_fields(message: Descriptor) -> set[str]:
    marked: Any = options_pb2.sensitive
    return {field.name for field in message.fields if field.GetOptions().Extensions[marked]}


def test_a_password_in_a_nested_message() -> None:
    """The login stays, the password beside it goes."""
    request = auth_service_pb2.AuthenticateRequest()
    request.password.login = "mia@example.org"
    request.password.password = "correct horse"

    assert safe_fields(request) == {"password": {"login": "mia@example.org"}}
    assert list(sensitive_values(request)) == ["correct horse"]


def test_a_pair_of_tokens() -> None:
    """Both tokens go; who signed in and until when stays, in readable form."""
    tokens = auth_service_pb2.TokenPair(access_token="eyJ0", refresh_token="r3fr3sh", user_id="u1")
    tokens.session_expire_time.FromDatetime(datetime(2026, 11, 22, tzinfo=UTC))

    assert safe_fields(tokens) == {"session_expire_time": "2026-11-22T00:00:00Z", "user_id": "u1"}
    assert set(sensitive_values(tokens)) == {"eyJ0", "r3fr3sh"}


def test_fields_that_are_secret_by_their_names_are_marked_in_the_contract() -> None:
    """A password or token field that nobody marked would be written down."""
    for file in (auth_service_pb2, user_service_pb2):
        for message in file.DESCRIPTOR.message_types_by_name.values():
            strings = {field.name for field in message.fields if field.cpp_type == field.CPPTYPE_STRING}
            telling = {name for name in strings if "password" in name or name.endswith("_token")}
            assert telling - {"page_token", "next_page_token"} <= sensitive_fields(message), message.full_name


def test_long_texts_and_lists_are_cut() -> None:
    """A message of a megabyte does not become a line of a megabyte."""
    whole = Struct()
    whole["text"] = "x" * 10_000
    items = ListValue()
    items.extend(range(1000))
    whole["list"] = items

    fields = safe_fields(whole)["fields"]

    assert len(fields["text"]["string_value"]) == TEXT_MAX + 1
    assert len(fields["list"]["list_value"]["values"]) == ITEMS_MAX + 1


def test_messages_within_messages_without_end() -> None:
    """Depth is limited, so that a hostile message cannot exhaust the stack."""
    innermost = Struct()
    for _ in range(40):
        outer = Struct()
        outer["inner"] = innermost
        innermost = outer

    assert "nested too deep" in str(safe_fields(innermost))
