"""Writes docs/api.md from the comments and options of proto/."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2

from academe.api.rpc.v1 import options_pb2  # registers the options, so that they are parsed below
from academe.rpc.contract import reason_name

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "api.md"
Level = options_pb2.Access.Level

HEAD = """# API reference

Generated from `proto/` by `make proto`; edit the comments there. Every method can also answer with the
reasons 1 to 99 of [ErrorReason](#errorreason).
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        subprocess.run([sys.executable, ROOT / "tools" / "gen_protos.py", "--image", image], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes())
    ours = sorted(
        (f for f in files.file if f.name.startswith("academe/")), key=lambda f: (not f.service, f.name)
    )
    lines = [HEAD]
    for file in ours:
        lines += render(file)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("\n".join(lines).rstrip() + "\n")


class Comments:
    """The comment over an element, by its path in the file."""

    def __init__(self, file: Any) -> None:
        self._by_path = {tuple(item.path): item.leading_comments for item in file.source_code_info.location}

    def at(self, *path: int) -> str:
        return " ".join(self._by_path.get(path, "").split())


def render(file: Any) -> Iterator[str]:
    comments = Comments(file)
    for index, service in enumerate(file.service):
        yield f"## {service.name}\n\n`{file.package}.{service.name}` — {comments.at(6, index)}\n"
        for number, method in enumerate(service.method):
            yield from render_method(method, comments.at(6, index, 2, number))
    for index, message in enumerate(file.message_type):
        yield from render_message(message, comments, (4, index), message.name)
    for index, enum in enumerate(file.enum_type):
        yield from render_enum(enum, comments, (5, index), enum.name)


def render_method(method: Any, comment: str) -> Iterator[str]:
    takes = ("stream " if method.client_streaming else "") + short(method.input_type)
    gives = ("stream " if method.server_streaming else "") + short(method.output_type)
    yield f"### {method.name}\n\n`{method.name}({takes}) returns ({gives})`\n\n{comment}\n"
    yield f"- Who: {who(method.options.Extensions[options_pb2.access])}"
    reasons = [f"`{reason_name(number)}`" for number in method.options.Extensions[options_pb2.raises]]
    yield f"- Reasons: {', '.join(reasons) if reasons else 'none of its own'}\n"


def who(access: Any) -> str:
    if access.level == Level.LEVEL_PUBLIC:
        return "anybody"
    if access.level == Level.LEVEL_SIGNED_IN:
        return "anybody signed in"
    names = [options_pb2.Role.Name(role).removeprefix("ROLE_").lower() for role in access.roles]
    return " or ".join(names)


def render_message(message: Any, comments: Comments, path: tuple[int, ...], name: str) -> Iterator[str]:
    yield f"### {name}\n\n{comments.at(*path)}\n"
    if message.field:
        yield "| field | type | |\n|---|---|---|"
        for index, field in enumerate(message.field):
            yield f"| `{field.name}` | {type_of(field)} | {comments.at(*path, 2, index)} |"
        yield ""
    for index, enum in enumerate(message.enum_type):
        yield from render_enum(enum, comments, (*path, 4, index), f"{name}.{enum.name}")


def render_enum(enum: Any, comments: Comments, path: tuple[int, ...], name: str) -> Iterator[str]:
    yield f"### {name}\n\n{comments.at(*path)}\n\n| value | number | |\n|---|---|---|"
    for index, value in enumerate(enum.value):
        yield f"| `{value.name}` | {value.number} | {comments.at(*path, 2, index)} |"
    yield ""


def type_of(field: Any) -> str:
    kinds = descriptor_pb2.FieldDescriptorProto
    name = short(field.type_name) if field.type_name else kinds.Type.Name(field.type)[5:].lower()
    return f"repeated {name}" if field.label == kinds.LABEL_REPEATED else name


def short(name: str) -> str:
    return name.rpartition(".")[2]


if __name__ == "__main__":
    main()
