"""Proofs convince an outsider who has nothing of ours but the checkpoint."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64decode

import pytest

from academe.errors import InvalidArgument
from academe.services.credential.errors import LogEntryNotFound
from academe.services.credential.log import CredentialEvent, LogEntry, LogEvent
from academe.services.credential.log.checkpoint import tlog_proof
from academe.services.credential.log.model import LeafHash
from tests.integration.credential.log.book import Book, entries
from tests.support.merkle_oracle import path, tree_hash, tree_hashes
from tests.support.rfc9162 import extends, includes
from tests.support.signed_note import open_checkpoint

APPENDS = 1_000


@pytest.fixture(scope="module", autouse=True)
async def thousand_appends(book: Book) -> dict[int, bytes]:
    """The root after some of a thousand appends, by size, as each was signed."""
    roots = {}
    key = str(await book.service.verifier_key())
    for number in range(APPENDS):
        await book.append(1)
        if number % 25 == 0 or number > APPENDS - 10:
            size, root = open_checkpoint((await book.service.get_checkpoint()).note, key)
            roots[size] = root
    return roots


async def test_every_leaf_is_proved(book: Book) -> None:
    """Of a thousand, under the root that was signed."""
    data = await book.data()
    key = str(await book.service.verifier_key())

    for index, leaf in enumerate(data):
        proof = await book.service.get_inclusion_proof(index)
        assert proof.checkpoint is not None
        size, root = open_checkpoint(proof.checkpoint.note, key)
        assert size == proof.tree_size == APPENDS
        assert proof.leaf.data == leaf
        assert includes(leaf, index, size, proof.hashes, root)
        assert not includes(leaf + b" ", index, size, proof.hashes, root)


async def test_every_checkpoint_is_extended_by_every_later_one(
    book: Book, thousand_appends: dict[int, bytes]
) -> None:
    """From each size that was signed to each later one."""
    sizes = sorted(thousand_appends)
    for position, old in enumerate(sizes):
        for new in sizes[position::7]:
            proof = await book.service.get_consistency_proof(old, new)
            assert (proof.old_size, proof.new_size) == (old, new)
            assert extends(old, thousand_appends[old], new, thousand_appends[new], proof.hashes)
            assert proof.checkpoint is not None


async def test_consistency_at_every_size(book: Book) -> None:
    """From each of a thousand sizes to the newest; the roots are recomputed from the leaves."""
    roots = tree_hashes(await book.data())
    for size in range(1, APPENDS + 1):
        proof = await book.service.get_consistency_proof(size)
        assert extends(size, roots[size], APPENDS, roots[-1], proof.hashes)


async def test_a_leaf_in_a_smaller_tree(book: Book) -> None:
    """Of any size, signed or not, as by the definition; without a checkpoint if nobody signed that size."""
    data = await book.data()

    unsigned = await book.service.get_inclusion_proof(100, 333)
    signed = await book.service.get_inclusion_proof(100, 326)

    assert list(unsigned.hashes) == path(100, data[:333])
    assert unsigned.root_hash == tree_hash(data[:333])
    assert unsigned.checkpoint is None
    assert signed.checkpoint is not None
    assert signed.checkpoint.tree_size == 326


async def test_a_leaf_by_its_hash_and_by_its_credential(book: Book) -> None:
    """All three ways lead to the same proof."""
    proof = await book.service.get_inclusion_proof(77)

    assert await book.service.get_inclusion_proof(LeafHash(proof.leaf.hash)) == proof
    event = CredentialEvent(proof.leaf.credential_sha256, LogEvent.ISSUE)
    assert await book.service.get_inclusion_proof(event) == proof


async def test_what_is_not_there(book: Book) -> None:
    """No such leaf, not in a tree that small, no tree that large: refused, and said which."""
    service = book.service
    first = (await service.list_entries(0, 1)).leaves[0]
    for wanted in (
        APPENDS,
        LeafHash(bytes(32)),
        CredentialEvent(bytes(32), LogEvent.ISSUE),
        CredentialEvent(first.credential_sha256, LogEvent.REVOKE),
    ):
        with pytest.raises(LogEntryNotFound):
            await service.get_inclusion_proof(wanted)
    with pytest.raises(LogEntryNotFound, match="does not have entry 5 yet"):
        await service.get_inclusion_proof(5, 5)
    for size in (APPENDS + 1, 2**62):
        with pytest.raises(LogEntryNotFound, match="The log has 1000 entries"):
            await service.get_inclusion_proof(5, size)
        with pytest.raises(LogEntryNotFound, match="The log has 1000 entries"):
            await service.get_consistency_proof(5, size)
        with pytest.raises(LogEntryNotFound, match="newest checkpoint has 1000"):
            await service.get_consistency_proof(size)
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(InvalidArgument, match="old_tree_size"):
            await service.get_consistency_proof(old, new)


async def test_entries_page_by_page(book: Book) -> None:
    """256 at a time, to the end, where there are none."""
    data, found = await book.data(), []
    while page := await book.service.list_entries(len(found)):
        assert page.tree_size == APPENDS
        found += page.leaves
        if not page.leaves:
            break

    assert [leaf.data for leaf in found] == data
    assert len((await book.service.list_entries(0, 10_000)).leaves) == 256
    assert [leaf.leaf_index for leaf in (await book.service.list_entries(3, 2)).leaves] == [3, 4]
    assert (await book.service.list_entries(2**62)).leaves == []


async def test_a_proof_file_stands_alone(book: Book) -> None:
    """With the file and the log's key alone, somebody sees that a credential was logged, and when."""
    proof = await book.service.get_inclusion_proof(640)
    key = str(await book.service.verifier_key())

    head, note = tlog_proof(proof).split("\n\n", 1)
    _, extra, index, *hashes = head.split("\n")
    leaf = b64decode(extra.removeprefix("extra "))
    size, root = open_checkpoint(note, key)
    assert leaf.split(b"\n")[2].decode() == proof.leaf.credential_sha256.hex()
    assert includes(leaf, int(index.removeprefix("index ")), size, [b64decode(text) for text in hashes], root)


async def test_the_life_of_a_credential(book: Book) -> None:
    """Its history is in order, and of what happened twice the last time is proved."""
    digest = secrets.token_bytes(32)
    told = [LogEvent.ISSUE, LogEvent.SUSPEND, LogEvent.REINSTATE, LogEvent.SUSPEND, LogEvent.REVOKE]
    for event in told:
        await book.append([LogEntry(event, digest), *entries(1)])

    history = await book.service.history(digest)
    proof = await book.service.get_inclusion_proof(CredentialEvent(digest, LogEvent.SUSPEND))
    assert [leaf.event for leaf in history] == told
    assert proof.leaf == history[3]
    assert await book.service.history(bytes(32)) == []


async def test_proofs_while_it_grows(book: Book) -> None:
    """Whoever asks during appends gets a proof under a root that was signed."""
    key = str(await book.service.verifier_key())

    async def ask() -> None:
        for _ in range(20):
            proof = await book.service.get_inclusion_proof(3)
            assert proof.checkpoint is not None
            size, root = open_checkpoint(proof.checkpoint.note, key)
            assert includes(proof.leaf.data, 3, size, proof.hashes, root)

    async def write() -> None:
        for _ in range(40):
            await book.append(3)

    await asyncio.gather(write(), ask(), ask(), ask())
