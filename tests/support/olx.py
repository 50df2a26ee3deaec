"""Course archives for tests: small ones written here, and the real one beside the project."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from academe.services.course.olx import ImportedCourse, ImportItem, read_olx

# Test input that is no part of the project, see CONTRIBUTING.
DEMO_COURSE = Path(__file__).parents[3] / "shared" / "data" / "openedx-demo-course.tar.gz"

needs_demo_course = pytest.mark.skipif(
    not DEMO_COURSE.exists(), reason=f"the Open edX demo course is not at {DEMO_COURSE}"
)

# A whole course in five files, each item in a file of its own, as exports write it.
SMALL_COURSE: dict[str, str | bytes] = {
    "course/course.xml": '<course url_name="run" org="Org" course="Num"/>',
    "course/course/run.xml": '<course display_name="Small"><chapter url_name="one"/></course>',
    "course/chapter/one.xml": '<chapter display_name="One"><sequential url_name="first"/></chapter>',
    "course/sequential/first.xml": '<sequential display_name="1st"><vertical url_name="unit"/></sequential>',
    "course/vertical/unit.xml": '<vertical display_name="Unit"><html url_name="text"/></vertical>',
    "course/html/text.xml": '<html filename="text" display_name="Text"/>',
    "course/html/text.html": "<p>Hello.</p>",
}


def inline_course(unit: str, *, course: str = "", after: str = "") -> dict[str, str | bytes]:
    """A course in one file: `unit` is what its only vertical holds, `after` stands behind the chapter."""
    return {
        "course.xml": f'<course org="Org" course="Num" url_name="run" {course}><chapter url_name="one">'
        f'<sequential url_name="first" display_name="First"><vertical url_name="unit">{unit}</vertical>'
        f"</sequential></chapter>{after}</course>"
    }


def tar_bytes(files: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            content = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def write_archive(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    path = folder / "course.tar.gz"
    path.write_bytes(gzip.compress(tar_bytes(files), compresslevel=1))
    return path


def read(folder: Path, files: Mapping[str, str | bytes]) -> ImportedCourse:
    return read_olx(write_archive(folder, files))


def row(course: ImportedCourse, path: str) -> ImportItem:
    (found,) = [item for item in course.items if item.path == path]
    return found


def patience(seconds: float) -> float:
    """Seconds of processor time that work may take: several times as many when coverage watches it."""
    return seconds if sys.gettrace() is None else 6 * seconds
