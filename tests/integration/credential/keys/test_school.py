"""The school's own issuer: made at first use, found by its address, its keys sealed."""

from __future__ import annotations

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from academe.db.pool import Pool
from academe.ids import new_id
from academe.services.credential.errors import IssuerNotFound
from academe.startup import StartupError
from tests.support.issuers import ADDRESS, IssuerProcess, change


async def test_many_processes_use_it_first_at_once(empty: Pool) -> None:
    """They agree on one issuer with one key for each use."""
    processes = [IssuerProcess(empty) for _ in range(8)]
    signing = await asyncio.gather(*(process.issuers.signing() for process in processes))

    assert len({found.issuer.issuer_id for found in signing}) == 1
    assert len({found.document_key.key.public_key().public_bytes_raw() for found in signing}) == 1
    assert await empty.fetchval("select count(*) from credential.issuer") == 1
    assert await empty.fetchval("select count(*) from credential.issuer_key") == 2


async def test_it_is_called_as_its_host_until_somebody_names_it(empty: Pool) -> None:
    """Its identifier is its address; its keys are of the kinds that the two forms of credentials need."""
    found = await IssuerProcess(empty, address="http://localhost:50080").issuers.signing()

    assert (found.issuer.slug, found.issuer.name) == ("school", "localhost")
    assert found.issuer.did == "did:web:localhost%3A50080"
    assert found.issuer.uri == "http://localhost:50080"
    assert (found.document_key.number, found.token_key.number) == (1, 2)
    assert found.document_key.method == "did:web:localhost%3A50080#key-1"
    assert isinstance(found.document_key.key, Ed25519PrivateKey)
    assert isinstance(found.token_key.key, ec.EllipticCurvePrivateKey)
    assert isinstance(found.token_key.key.curve, ec.SECP256R1)


async def test_private_keys_are_stored_encrypted(empty: Pool) -> None:
    """They are not in the table in any form; another secret does not open them, and says so."""
    here = IssuerProcess(empty)
    signing = await here.issuers.signing()
    stored = b"".join(row[0] for row in await empty.fetch("select private_key from credential.issuer_key"))
    raw = signing.document_key.key.private_bytes_raw()
    number = signing.token_key.key.private_numbers().private_value.to_bytes(32, "big")

    assert raw not in stored
    assert number not in stored
    await IssuerProcess(empty).issuers.load()
    with pytest.raises(StartupError, match="another secret"):
        await IssuerProcess(empty, root=bytes(32)).issuers.load()


async def test_nothing_is_made_at_a_start(empty: Pool) -> None:
    """A school that issues nothing has no keys."""
    await IssuerProcess(empty).issuers.load()

    assert await empty.fetchval("select count(*) from credential.issuer") == 0


async def test_a_key_in_another_keys_row_is_refused(empty: Pool) -> None:
    """The name is sealed with the key, so nobody with access to the table can swap two of them."""
    await IssuerProcess(empty).issuers.signing()
    await empty.execute("update credential.issuer_key set number = 7 where number = 1")

    with pytest.raises(StartupError, match="another secret"):
        await IssuerProcess(empty).issuers.signing()


async def test_a_public_half_of_somebody_elses_is_refused(empty: Pool) -> None:
    """What nobody could verify is not signed."""
    await IssuerProcess(empty).issuers.signing()
    foreign = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    await empty.execute("update credential.issuer_key set public_key = $1 where use = 1", foreign)

    with pytest.raises(StartupError, match=r"public half of did:web:school\.example#key-1"):
        await IssuerProcess(empty).issuers.signing()


async def test_private_keys_are_in_no_text(empty: Pool) -> None:
    """Neither a log nor an error message can give away what its values do not tell."""
    here = IssuerProcess(empty)
    signing = await here.issuers.signing()
    _, keys = await here.service.list_keys(signing.issuer.issuer_id)
    raw = signing.document_key.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    assert raw.hex() not in repr(signing)
    assert "PrivateKey object" not in repr(signing)
    assert repr(keys[0].private_key) not in repr(keys)


async def test_a_school_that_moves_signs_under_its_new_address(empty: Pool) -> None:
    """With new keys, under its name; what was signed before is still the old issuer's."""
    before = IssuerProcess(empty)
    old = await before.issuers.school()
    await before.service.update_issuer(
        old.issuer_id, change(name="Rope School", uri=ADDRESS, primary_color="#AA0000"), expected_version=None
    )
    processes = [IssuerProcess(empty, address="https://ropes.example") for _ in range(4)]
    moved = await asyncio.gather(*(process.issuers.school() for process in processes))
    new, here = moved[0], processes[0].issuers

    assert {issuer.issuer_id for issuer in moved} == {new.issuer_id}
    assert (new.did, new.name, new.primary_color) == ("did:web:ropes.example", "Rope School", "#aa0000")
    assert (new.slug, new.uri) == ("school-2", "https://ropes.example")
    assert (await before.issuers.school()).issuer_id == old.issuer_id
    assert [one.slug for one in await here.all_issuers()] == ["school-2", "school"]
    published = await here.document("school")
    assert published is not None
    assert published.issuer.issuer_id == new.issuer_id
    old_key = await here.find_key(f"{old.did}#key-1")
    assert old_key is not None
    assert old_key.issuer.issuer_id == old.issuer_id
    third = await IssuerProcess(empty, address="https://third.example").issuers.school()
    assert (third.slug, third.name) == ("school-3", "Rope School")


async def test_an_address_without_a_name_is_refused_at_the_start(empty: Pool) -> None:
    """Nobody finds the keys of a number."""
    with pytest.raises(StartupError, match="ACADEME_ISSUER must be the address of a host by its name"):
        await IssuerProcess(empty, address="http://10.0.0.7:50080").issuers.load()


async def test_an_unknown_issuer_signs_nothing(here: IssuerProcess) -> None:
    """It is not there, and nothing falls back to the school."""
    with pytest.raises(IssuerNotFound):
        await here.issuers.signing(new_id())
