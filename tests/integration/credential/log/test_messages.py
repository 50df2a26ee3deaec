"""The calls of the log, message to message."""

from __future__ import annotations

import pytest

from academe.api.credential.v1 import transparency_log_pb2 as pb
from academe.services.credential.errors import LogEntryNotFound
from academe.services.credential.log import LogHandler
from tests.integration.credential.log.book import Book
from tests.support.rfc9162 import extends, includes
from tests.support.signed_note import open_checkpoint


class Handler(LogHandler):
    def __init__(self, book: Book) -> None:
        self._log = book.service


@pytest.fixture(scope="module")
async def handler(book: Book) -> Handler:
    await book.append(20)
    await book.service.get_checkpoint()
    await book.append(11)
    return Handler(book)


async def test_get_log_checkpoint(handler: Handler) -> None:
    """Size and root are those of the note, which the key that comes with it has signed."""
    told = await handler.GetLogCheckpoint(pb.GetLogCheckpointRequest(), None)

    assert open_checkpoint(told.note, told.verifier_key) == (told.tree_size, told.root_hash)
    assert told.tree_size == 31


async def test_get_inclusion_proof(handler: Handler) -> None:
    """By index or by the credential's event; the entry states what its bytes state."""
    told = await handler.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=9), None)
    event = pb.CredentialLogEvent(credential_sha256=told.entry.credential_sha256, event=pb.LOG_EVENT_ISSUE)
    again = await handler.GetInclusionProof(pb.GetInclusionProofRequest(credential_event=event), None)

    assert again == told
    assert includes(told.entry.leaf, 9, told.tree_size, told.hashes, told.root_hash)
    size, root = open_checkpoint(told.checkpoint.note, told.checkpoint.verifier_key)
    assert (size, root) == (told.tree_size, told.root_hash)
    moment = told.entry.log_time.ToDatetime().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert told.entry.leaf.decode() == (
        f"academe-log/1\nissue\n{told.entry.credential_sha256.hex()}\n{moment}\n"
    )


async def test_get_inclusion_proof_in_a_smaller_tree(handler: Handler) -> None:
    """A size that was never signed has no checkpoint, and a leaf after it no proof."""
    told = await handler.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=0, tree_size=7), None)

    assert includes(told.entry.leaf, 0, 7, told.hashes, told.root_hash)
    assert not told.HasField("checkpoint")
    with pytest.raises(LogEntryNotFound):
        await handler.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=7, tree_size=7), None)


async def test_get_consistency_proof(handler: Handler) -> None:
    """From the older checkpoint to the newest."""
    old = await handler.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=0, tree_size=20), None)
    told = await handler.GetConsistencyProof(pb.GetConsistencyProofRequest(old_tree_size=20), None)

    assert (told.old_tree_size, told.new_tree_size) == (20, 31)
    assert extends(20, old.root_hash, 31, told.checkpoint.root_hash, told.hashes)


async def test_list_log_entries(handler: Handler) -> None:
    """From an index upwards, with the size of the whole."""
    told = await handler.ListLogEntries(pb.ListLogEntriesRequest(start_index=29, page_size=5), None)

    assert [entry.leaf_index for entry in told.entries] == [29, 30]
    assert told.tree_size == 31
