"""The server stopped, the database deleted, keys rotated: what was issued still verifies from a folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from academe.db.pool import Pool
from academe.services.credential.keys import KeyUse
from academe.services.credential.model import Credential, CredentialVisibility
from academe.services.credential.parts import CredentialParts
from academe.services.credential.publishing.folder import write_folder
from academe.services.credential.publishing.formats import FileFormat
from academe.services.credential.standards.workers import Workers
from academe.services.credential.validation.model import Verdict
from academe.startup import StartupError
from tests.interop.site import Site
from tests.support.graduates import BASE_URI, Faculty, certify, opened
from tests.support.interop import consortium, javascript
from tests.support.pools import patient_pool
from tests.support.postgres import TestPostgres


async def test_everything_verifies_without_us(
    postgres: TestPostgres, template_database: str, workers: Workers, tmp_path: Path
) -> None:
    """By verifiers of other makers, from the files alone: credentials of two generations of keys are good,
    and what was revoked or suspended is not."""
    database = await postgres.create_database(template=template_database)
    pool = await patient_pool(database, size=4)
    faculty, folder = Faculty(), tmp_path / "site"
    async with opened(pool, faculty, workers=workers) as parts:
        first = [await certify(parts, faculty) for _ in range(3)]
        await rotate(parts)
        second = [await certify(parts, faculty) for _ in range(2)]
        await revoke(parts, faculty, first[1])
        await suspend(parts, faculty, second[1])
        files = {one.credential_id: await files_of(parts, one) for one in (*first, *second)}
        await write_folder(parts.export, folder)
    await pool.close()
    await postgres.drop_database(database)

    site = Site(folders={BASE_URI: folder})
    for verifier in (javascript(), consortium()):
        for one, good in zip((*first, *second), (True, False, True, True, False), strict=True):
            told = verifier.verify(site, files[one.credential_id])

            assert told.verified is good, told.reason


async def test_what_a_compromised_key_signed_is_good_no_more(
    pool: Pool, parts: CredentialParts, faculty: Faculty, tmp_path: Path
) -> None:
    """And what the other keys signed stays as it is; also for verifiers of other makers."""
    old = await certify(parts, faculty)
    stolen = (await parts.issuers.signing()).document_key.number
    await rotate(parts)
    new = await certify(parts, faculty)
    files = [await files_of(parts, one) for one in (old, new)]
    await parts.administration.compromise_key((await parts.issuers.school()).issuer_id, stolen)
    await write_folder(parts.export, tmp_path / "site")

    site = Site(folders={BASE_URI: tmp_path / "site"})
    ours = [await parts.validation.verify_document(file, {}) for file in files]
    theirs = [javascript().verify(site, file).verified for file in files]
    assert [one.verdict for one in ours] == [Verdict.INVALID, Verdict.VALID]
    assert theirs == [False, True]


async def test_the_folder_is_whole_or_not_there(
    parts: CredentialParts, faculty: Faculty, tmp_path: Path
) -> None:
    """What a killed export left is taken away, and a folder that is in use is never touched."""
    await certify(parts, faculty)
    (tmp_path / ".site.partial").mkdir()
    (tmp_path / ".site.partial" / "half").write_text("of something")
    await write_folder(parts.export, tmp_path / "site")

    manifest = json.loads((tmp_path / "site" / "manifest.json").read_text())
    found = {
        str(path.relative_to(tmp_path / "site")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "site").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == manifest
    assert not (tmp_path / ".site.partial").exists()
    with pytest.raises(StartupError, match="exists"):
        await write_folder(parts.export, tmp_path / "site")


async def test_the_folder_that_somebody_stands_in(
    parts: CredentialParts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is written to as by its name."""
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path / "site")
    await write_folder(parts.export, Path("."))

    assert (tmp_path / "site" / "manifest.json").exists()


async def test_only_public_credentials_are_in_it(
    parts: CredentialParts, faculty: Faculty, pool: Pool, tmp_path: Path
) -> None:
    """Every form of them; of the others not even the code."""
    public, other = await certify(parts, faculty), await certify(parts, faculty)
    await pool.execute(
        "update credential.credential set visibility = $2 where credential_id = $1",
        public.credential_id,
        CredentialVisibility.PUBLIC,
    )
    await write_folder(parts.export, tmp_path / "site")

    names = {path.name for path in (tmp_path / "site" / "credentials").iterdir()}
    assert names == {
        f"{public.verification_code}.{suffix}" for suffix in ("json", "jwt", "png", "svg", "pdf")
    }
    everything = b"".join(path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file())
    assert other.verification_code.encode() not in everything
    assert b"Ada" not in (tmp_path / "site" / "credentials" / f"{public.verification_code}.json").read_bytes()


async def rotate(parts: CredentialParts) -> None:
    for use in KeyUse:
        issuer = await parts.issuers.signing()
        number = (issuer.document_key if use is KeyUse.DOCUMENT else issuer.token_key).number
        await parts.administration.rotate_key(issuer.issuer.issuer_id, use, number)


async def revoke(parts: CredentialParts, faculty: Faculty, one: Credential) -> None:
    await parts.statuses.revoke_credential(
        faculty.educator, one.credential_id, "Copied the exam", expected_version=None
    )


async def suspend(parts: CredentialParts, faculty: Faculty, one: Credential) -> None:
    await parts.statuses.suspend_credential(
        faculty.educator, one.credential_id, "Being looked into", expected_version=None
    )


async def files_of(parts: CredentialParts, one: Credential) -> bytes:
    return (await parts.files.file_of(one, FileFormat.JSON)).content
