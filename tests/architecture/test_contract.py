"""What the contract promises about itself."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import FieldDescriptor

import academe.services
from academe import errors
from academe.api.rpc.v1 import error_reason_pb2, options_pb2
from academe.caller import Role
from academe.rpc.contract import methods_of, reason_name
from academe.slices import SERVICES
from academe.startup import StartupError
from buf.validate import validate_pb2

REASONS = {reason_name(number) for number in error_reason_pb2.ErrorReason.values() if number}


def declared_classes() -> dict[str, type[errors.AcademeError]]:
    """Every error class with a reason, after all slices are imported."""
    for module in pkgutil.walk_packages(academe.services.__path__, "academe.services."):
        importlib.import_module(module.name)
    found: dict[str, type[errors.AcademeError]] = {}
    waiting = [errors.AcademeError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__dict__.get("reason"):
            found[kind.reason] = kind
    return found


def test_every_reason_has_its_class_and_every_class_its_reason() -> None:
    """What a client can see and what the code can raise are the same list."""
    assert set(declared_classes()) == REASONS


@pytest.mark.parametrize("number", [n for n in error_reason_pb2.ErrorReason.values() if n])
def test_a_reason_names_the_status_it_comes_with(number: int) -> None:
    """The comment over a reason begins with its status code, and that is the class's code."""
    name = error_reason_pb2.ErrorReason.Name(number)
    source = open_proto("academe/api/rpc/v1/error_reason.proto")
    comment = source[: source.index(f"  {name} =")].rstrip().splitlines()
    first = next(
        line.strip(" /")
        for line in reversed(comment)
        if not comment[comment.index(line) - 1].strip().startswith("//")
    )

    assert first.startswith(declared_classes()[reason_name(number)].code)


def open_proto(path: str) -> str:
    from pathlib import Path

    return (Path(__file__).resolve().parents[2] / "proto" / path).read_text()


def test_every_method_says_who_may_call_it() -> None:
    """Reading the services raises nothing."""
    methods = [method for descriptor, _ in SERVICES for method in methods_of(descriptor)]

    assert len(methods) > 40


def test_a_method_without_access_rule_stops_the_server() -> None:
    """The start names the method and the option to set."""
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="open.proto", package="open", syntax="proto3")
    file.message_type.add(name="Empty")
    method = file.service.add(name="Door").method.add(name="Enter")
    method.input_type = method.output_type = ".open.Empty"
    pool.Add(file)

    with pytest.raises(StartupError, match=r"open\.Door\.Enter does not say who may call it"):
        methods_of(pool.FindServiceByName("open.Door"))


def test_roles_are_the_contracts_roles() -> None:
    """Role numbers in code and contract are the same."""
    wire = {name.removeprefix("ROLE_"): number for name, number in options_pb2.Role.items() if number}

    assert wire == {role.name: role.value for role in Role}


NO_SECRETS = {
    "academe.api.credential.v1.CredentialAlignment.code": "a skill's number in a published framework",
}
"""Fields that are called like a secret and are none, and why."""


def test_secrets_are_marked_sensitive() -> None:
    """Every field whose name says password, token or code of a sign-in carries the sensitive option."""
    suspicious = {"password", "current_password", "new_password", "access_token", "refresh_token", "code"}
    unmarked = [
        field.full_name
        for field in all_fields()
        if field.name in suspicious
        and field.full_name not in NO_SECRETS
        and field.type == FieldDescriptor.TYPE_STRING
        and not field.GetOptions().Extensions[options_pb2.sensitive]
    ]

    assert unmarked == []


def test_nothing_counted_is_a_float() -> None:
    """No float or double anywhere in the contract."""
    kinds = (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE)

    assert [field.full_name for field in all_fields() if field.type in kinds] == []


def test_a_form_is_told_in_words() -> None:
    """No field shows its caller a regular expression: a rule on a form has a sentence."""

    def patterned(rules: validate_pb2.FieldRules) -> bool:
        return rules.string.HasField("pattern") or (
            rules.WhichOneof("type") == "repeated" and patterned(rules.repeated.items)
        )

    rules = {field.full_name: field.GetOptions().Extensions[validate_pb2.field] for field in all_fields()}

    assert [name for name, rule in rules.items() if patterned(rule)] == []


def all_fields() -> list[FieldDescriptor]:
    found = []
    for descriptor, _ in SERVICES:
        if not descriptor.full_name.startswith("academe."):
            continue
        waiting = list(descriptor.file.message_types_by_name.values())
        waiting += [
            m
            for d in descriptor.file.dependencies
            for m in d.message_types_by_name.values()
            if "academe" in d.name
        ]
        while waiting:
            message = waiting.pop()
            waiting += message.nested_types
            found += message.fields
    return found
