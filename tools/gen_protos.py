"""Generates `src/academe/api` from `proto/`, and a self-contained image of the contract for buf.

    python tools/gen_protos.py            write the Python code
    python tools/gen_protos.py --image F  write a FileDescriptorSet with comments and imports to F
    python tools/gen_protos.py --image F --proto-dir D   the same of another proto tree (a release)

The annotations of protovalidate come from the descriptor that the installed package carries, through
`--descriptor_set_in`, so buf/validate/validate.proto is not kept in this repository. With that flag protoc
takes every import from descriptor sets, so the well-known types are put in the same set.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, duration_pb2, empty_pb2, field_mask_pb2, timestamp_pb2
from grpc_tools import protoc

from buf.validate import validate_pb2

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src"


def known_types(path: Path) -> None:
    """Writes what our protos import, and do not define, as one FileDescriptorSet."""
    files = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, timestamp_pb2, field_mask_pb2, empty_pb2, validate_pb2):
        module.DESCRIPTOR.CopyToProto(files.file.add())
    path.write_bytes(files.SerializeToString())


def run(arguments: list[str]) -> None:
    if protoc.main(["protoc", *arguments]) != 0:
        sys.exit("protoc failed; see above")


def generate(proto_dir: Path, known: Path) -> None:
    sources = sorted(str(path.relative_to(proto_dir)) for path in proto_dir.rglob("*.proto"))
    shutil.rmtree(OUT / "academe" / "api", ignore_errors=True)
    common = [f"-I{proto_dir}", f"--descriptor_set_in={known}"]
    run([*common, f"--python_out={OUT}", f"--pyi_out={OUT}", f"--grpc_python_out={OUT}", *sources])
    for stub in (OUT / "academe" / "api").rglob("*_pb2_grpc.py"):
        if "Servicer" not in stub.read_text():  # protoc writes an empty one for files without services
            stub.unlink()
    for folder in {path.parent for path in (OUT / "academe" / "api").rglob("*.py")}:
        while folder != OUT / "academe":
            (folder / "__init__.py").touch()
            folder = folder.parent


def image(proto_dir: Path, known: Path, target: Path) -> None:
    sources = sorted(str(path.relative_to(proto_dir)) for path in proto_dir.rglob("*.proto"))
    run(
        [
            f"-I{proto_dir}",
            f"--descriptor_set_in={known}",
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={target}",
            *sources,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--image", type=Path)
    parser.add_argument("--proto-dir", type=Path, default=ROOT / "proto")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        known = Path(scratch) / "known.binpb"
        known_types(known)
        if arguments.image:
            image(arguments.proto_dir, known, arguments.image)
        else:
            generate(arguments.proto_dir, known)


if __name__ == "__main__":
    main()
