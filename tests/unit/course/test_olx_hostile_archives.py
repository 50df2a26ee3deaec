"""Archives made to do harm, or broken: each refused whole, for its own reason, in bounded time and memory."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from academe.services.course.olx import (
    ArchiveLimits,
    ArchiveRefused,
    ImportedCourse,
    Reason,
    Refusal,
    read_olx,
)
from tests.support.olx import SMALL_COURSE, inline_course, patience, row, tar_bytes, write_archive

MIB = 1024 * 1024

# Seconds of processor time within which the worst archive is judged.
PATIENCE = 2


def read_bytes(folder: Path, content: bytes, limits: ArchiveLimits | None = None) -> ImportedCourse:
    path = folder / "archive"
    path.write_bytes(content)
    return read_olx(path, limits=limits or ArchiveLimits())


def refusal(folder: Path, content: bytes, limits: ArchiveLimits | None = None) -> ArchiveRefused:
    started = time.thread_time()
    with pytest.raises(ArchiveRefused) as refused:
        read_bytes(folder, content, limits)
    assert time.thread_time() - started < patience(PATIENCE)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert len(sentence) < 400
    return refused.value


def tar_with(*members: tarfile.TarInfo, **pax: str) -> bytes:
    """The small course, and then these members, filled with zeros."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in SMALL_COURSE.items():
            content = text.encode() if isinstance(text, str) else text
            tar.addfile(member(name, size=len(content)), io.BytesIO(content))
        for extra in members:
            extra.pax_headers = pax
            tar.addfile(extra, io.BytesIO(bytes(extra.size)))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, "course/course.xml"
    return info


@pytest.mark.parametrize(
    "name",
    [
        "../evil.html",
        "course/../../evil.html",
        "/etc/passwd",
        "course/..",
        "..\\evil",
        "\\\\host\\x",
        "C:/evil",
        "c:evil",
    ],
)
def test_paths_that_leave_the_archive(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, tar_with(member(name))).reason == Refusal.PATH_ESCAPES


def test_a_long_path_that_climbs_is_seen_in_every_dialect(tmp_path: Path) -> None:
    """Long names are in extended headers, of which tar has two kinds."""
    name = "a/" * 80 + "../" * 90 + "evil"
    for dialect in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=dialect) as tar:
            tar.addfile(member(name))
        assert refusal(tmp_path, packed.getvalue()).reason == Refusal.PATH_ESCAPES


@pytest.mark.parametrize("name", ["a\nb", "bell\a", "a\\b", "x" * 300, "d/" * 600 + "x", "\x7f"])
def test_names_that_are_no_names(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, tar_with(member(name))).reason == Refusal.BAD_NAME


def test_a_file_without_a_name(tmp_path: Path) -> None:
    assert refusal(tmp_path, tar_with(member("./"), path="./")).reason == Refusal.BAD_NAME


def test_a_header_with_a_negative_size(tmp_path: Path) -> None:
    header = bytearray(member("course/file").tobuf())
    header[124:136] = b"\xff" * 12
    assert refusal(tmp_path, _checksummed(bytes(header), 0) + bytes(1024)).reason == Refusal.DAMAGED


def test_a_name_with_a_nul_in_an_extended_header(tmp_path: Path) -> None:
    """Where one program stops reading the name and another does not, they see two different files."""
    content = tar_with(member("harmless.html"), path="a\0/../../evil")
    assert refusal(tmp_path, content).reason in (Refusal.BAD_NAME, Refusal.PATH_ESCAPES)


def test_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    content = tar_with(member("na_me")).replace(b"na_me", b"na\xffme")
    assert refusal(tmp_path, _checksummed(content, content.index(b"na\xffme"))).reason == Refusal.BAD_NAME


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links(tmp_path: Path, kind: bytes) -> None:
    assert refusal(tmp_path, tar_with(member("course/link", kind))).reason == Refusal.LINK_ENTRY


@pytest.mark.parametrize(
    "kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"M", b"V", b"Z"]
)
def test_devices_pipes_and_other_things(tmp_path: Path, kind: bytes) -> None:
    content = tar_with(member("course/thing"))
    at = content.index(b"course/thing")
    content = _checksummed(content[: at + 156] + kind + content[at + 157 :], at)
    assert refusal(tmp_path, content).reason == Refusal.DEVICE_ENTRY


def test_sparse_files_of_the_newer_kind(tmp_path: Path) -> None:
    """A terabyte of nothing in a few bytes."""
    content = tar_with(member("course/hole"), **{"GNU.sparse.realsize": "1099511627776"})
    assert refusal(tmp_path, content).reason == Refusal.DEVICE_ENTRY


@pytest.mark.parametrize("twin", ["course/course.xml", "./course//course.xml", "course/html/text.html"])
def test_two_entries_of_one_name(tmp_path: Path, twin: str) -> None:
    assert refusal(tmp_path, tar_with(member(twin))).reason == Refusal.DUPLICATE_ENTRY


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE])
def test_a_name_that_is_a_file_and_a_folder(tmp_path: Path, kind: bytes) -> None:
    name = "course/html/text.html" if kind == tarfile.DIRTYPE else "course/html/text.html/inner"
    assert refusal(tmp_path, tar_with(member(name, kind))).reason == Refusal.DUPLICATE_ENTRY


def test_folders_may_come_again(tmp_path: Path) -> None:
    """Tools that append to an archive repeat its folders; that harms nobody."""
    folders = [
        member("course", tarfile.DIRTYPE),
        member("./course/", tarfile.DIRTYPE),
        member(".", tarfile.DIRTYPE),
    ]
    assert read_bytes(tmp_path, tar_with(*folders)).title == "Small"


def test_a_million_entries(tmp_path: Path) -> None:
    """Half a gigabyte of headers in two megabytes; reading stops at the limit, however many are left."""
    thousand = gzip.compress(member("course/folder", tarfile.DIRTYPE).tobuf() * 1_000)
    assert refusal(tmp_path, thousand * 1_000).reason == Refusal.TOO_MANY_ENTRIES


def test_gzip_bomb(tmp_path: Path) -> None:
    """A file of zeros is a thousandth of its size; it is not unpacked to the end to find out."""
    bomb = _tar_header("course/static/zeros", 100 * MIB) + bytes(100 * MIB)
    packed = gzip.compress(bomb, 1)
    assert len(packed) < MIB
    assert refusal(tmp_path, packed).reason == Refusal.RATIO_TOO_HIGH


def test_more_than_the_archive_may_hold(tmp_path: Path) -> None:
    content = tar_bytes({**SMALL_COURSE, "course/static/film": os.urandom(3 * MIB)})
    assert refusal(tmp_path, content, ArchiveLimits(total_bytes=2 * MIB)).reason == Refusal.TOO_LARGE


def test_more_text_than_is_held_in_memory(tmp_path: Path) -> None:
    content = tar_bytes({**SMALL_COURSE, "course/html/long.html": "x" * MIB})
    assert refusal(tmp_path, content, ArchiveLimits(text_bytes=MIB)).reason == Refusal.TOO_LARGE


def test_one_file_that_is_too_large(tmp_path: Path) -> None:
    """Refused by its header, before any of it is read."""
    content = tar_bytes(SMALL_COURSE)[:10_240].rstrip(b"\0")
    content += bytes(-len(content) % 512) + _tar_header("course/static/film", 600 * MIB)
    assert refusal(tmp_path, content).reason == Refusal.ENTRY_TOO_LARGE


def test_an_extended_header_of_a_gigabyte(tmp_path: Path) -> None:
    """Libraries take these into memory before they look at them."""
    for kind in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        header = member("x", kind)
        header.size = 1024 * MIB
        assert refusal(tmp_path, header.tobuf() + bytes(4096)).reason == Refusal.ENTRY_TOO_LARGE


def test_extended_headers_without_end(tmp_path: Path) -> None:
    header = member("x", tarfile.GNUTYPE_LONGNAME, 5).tobuf() + b"name\0".ljust(512, b"\0")
    assert refusal(tmp_path, header * 1_000).reason == Refusal.DAMAGED


@pytest.mark.parametrize(
    "records", [b"9999 path=x\n", b"7 size\n", b"x=y\n", b"14 size=-1000\n", b"8 path=x"]
)
def test_extended_headers_of_nonsense(tmp_path: Path, records: bytes) -> None:
    header = member("x", tarfile.XHDTYPE, len(records)).tobuf() + records.ljust(512, b"\0")
    assert refusal(tmp_path, header + member("file").tobuf() + bytes(1024)).reason == Refusal.DAMAGED


def test_a_global_header_that_renames_everything(tmp_path: Path) -> None:
    records = b"15 path=renamed\n"
    header = member("x", tarfile.XGLTYPE, 16).tobuf() + records.ljust(512, b"\0")
    assert refusal(tmp_path, header + tar_bytes(SMALL_COURSE)).reason == Refusal.DAMAGED


def test_the_global_header_of_git_is_no_harm(tmp_path: Path) -> None:
    records = b"52 comment=0123456789012345678901234567890123456789\n"
    header = member("pax_global_header", tarfile.XGLTYPE, 52).tobuf() + records.ljust(512, b"\0")
    assert read_bytes(tmp_path, header + tar_bytes(SMALL_COURSE)).title == "Small"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
def test_files_cut_short(tmp_path: Path, share: float) -> None:
    """An upload that broke off must not pass for a smaller course."""
    whole = gzip.compress(tar_bytes({**SMALL_COURSE, "course/static/film": os.urandom(MIB)}))
    assert refusal(tmp_path, whole[: int(len(whole) * share)]).reason == Refusal.TRUNCATED
    plain = tar_bytes({**SMALL_COURSE, "course/static/film": os.urandom(MIB)}).rstrip(b"\0")
    assert refusal(tmp_path, plain[: int(len(plain) * share) // 512 * 512]).reason == Refusal.TRUNCATED


def test_an_archive_without_its_end_mark(tmp_path: Path) -> None:
    """Cut between two files it looks whole, but for the end mark."""
    one_file = tar_bytes({"course/course.xml": "x"})[:1024]
    assert refusal(tmp_path, one_file).reason == Refusal.TRUNCATED


def test_a_changed_byte_is_found_by_the_checksum(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(tar_bytes({**SMALL_COURSE, "course/static/film": os.urandom(MIB)})))
    packed[len(packed) // 2] ^= 0xFF
    assert refusal(tmp_path, bytes(packed)).reason in (Refusal.DAMAGED, Refusal.TRUNCATED)


def test_data_behind_the_end_mark(tmp_path: Path) -> None:
    """One program would see a second archive there, another would not."""
    assert refusal(tmp_path, tar_bytes(SMALL_COURSE) * 2).reason == Refusal.DAMAGED


def test_gzip_members_without_number(tmp_path: Path) -> None:
    """Each is twenty bytes and unpacks to nothing."""
    assert refusal(tmp_path, gzip.compress(b"") * 400_000).reason == Refusal.DAMAGED


def test_a_gzip_name_without_end(tmp_path: Path) -> None:
    """The file name in a gzip header ends at a NUL that never comes."""
    assert refusal(tmp_path, b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (16 * MIB)).reason == Refusal.TRUNCATED


def test_members_of_parallel_packers_are_read(tmp_path: Path) -> None:
    content = tar_bytes(SMALL_COURSE)
    packed = b"".join(gzip.compress(content[at : at + 1000]) for at in range(0, len(content), 1000))
    assert read_bytes(tmp_path, packed + bytes(700)).title == "Small"


@pytest.mark.parametrize(
    "content", [b"", b"hello", bytes(100), os.urandom(5000), b"\x1f\x8b", b"BZh9", b"<xml/>" * 200]
)
def test_files_that_are_no_archive(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).reason in (Refusal.NOT_AN_ARCHIVE, Refusal.TRUNCATED)


def test_a_zip_file_is_told_what_to_be(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("course/course.xml", "<course/>")
    refused = refusal(tmp_path, packed.getvalue())
    assert refused.reason == Refusal.NOT_AN_ARCHIVE
    assert ".tar.gz" in str(refused)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"readme.txt": "hello"},
        {"a/b/course.xml": "<course/>"},
        {"one/course.xml": "<course/>", "two/course.xml": "<course/>"},
        {"course.xml": "<library/>"},
        {"course.xml": '<course url_name="run"/>', "course/run.xml": "<chapter/>"},
        {"__MACOSX/course.xml": "<course/>"},
    ],
)
def test_archives_without_a_course(tmp_path: Path, files: dict[str, str]) -> None:
    assert refusal(tmp_path, tar_bytes(files)).reason == Refusal.NO_COURSE


def test_a_plain_tar_is_read_like_a_packed_one(tmp_path: Path) -> None:
    plain = tar_bytes(SMALL_COURSE)
    assert read_bytes(tmp_path, plain) == read_bytes(tmp_path, gzip.compress(plain))


def test_a_large_archive_takes_little_memory(tmp_path: Path) -> None:
    """Pictures and films pass through; only their names and sizes stay."""
    path = tmp_path / "archive"
    path.write_bytes(
        tar_bytes(SMALL_COURSE | {f"course/static/{number}.mp4": bytes(8 * MIB) for number in range(8)})
    )
    tracemalloc.start()
    course = read_olx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert course.source_counts.bytes > 64 * MIB
    assert row(course, "course/static/3.mp4").reason is Reason.ASSET
    assert peak < 4 * MIB


def test_a_caller_stops_the_reading_by_raising(tmp_path: Path) -> None:
    path = write_archive(tmp_path, {**inline_course(""), "static/film": os.urandom(MIB)})
    calls = 0

    def stop(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if done > total // 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_olx(path, progress=stop)
    assert calls < 12


def _tar_header(name: str, size: int) -> bytes:
    return member(name, size=size).tobuf()


def _checksummed(content: bytes, at: int) -> bytes:
    """The archive with the checksum of the header at `at` made right again."""
    block = content[at : at + 148] + b" " * 8 + content[at + 156 : at + 512]
    return content[: at + 148] + b"%06o\0 " % sum(block) + content[at + 156 :]
