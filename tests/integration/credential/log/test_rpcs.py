"""The calls of the log over a real channel, by somebody who is nobody here."""

from __future__ import annotations

from typing import Any

import pytest

from academe.api.credential.v1 import transparency_log_pb2 as pb
from tests.integration.credential.log.book import Book
from tests.support.errors import expect_error
from tests.support.rfc9162 import extends, includes
from tests.support.school import School
from tests.support.signed_note import open_checkpoint


@pytest.fixture(scope="module")
async def log(book: Book, school: School) -> Any:
    """31 entries, with a checkpoint at 20."""
    calls = school.anonymous.credentials
    await book.append(20)
    await calls.GetLogCheckpoint(pb.GetLogCheckpointRequest())
    await book.append(11)
    return calls


async def test_get_log_checkpoint(log: Any) -> None:
    """Size and root are those of the note, which the key that comes with it has signed."""
    told = await log.GetLogCheckpoint(pb.GetLogCheckpointRequest())

    assert open_checkpoint(told.note, told.verifier_key) == (told.tree_size, told.root_hash)
    assert told.tree_size == 31
    assert told.verifier_key.startswith("localhost:50080/log+")


async def test_get_inclusion_proof(log: Any) -> None:
    """By index or by the credential's event; the entry states what its bytes state."""
    told = await log.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=9))
    event = pb.CredentialLogEvent(credential_sha256=told.entry.credential_sha256, event=pb.LOG_EVENT_ISSUE)
    again = await log.GetInclusionProof(pb.GetInclusionProofRequest(credential_event=event))

    assert again == told
    assert includes(told.entry.leaf, 9, told.tree_size, told.hashes, told.root_hash)
    size, root = open_checkpoint(told.checkpoint.note, told.checkpoint.verifier_key)
    assert (size, root) == (told.tree_size, told.root_hash)
    moment = told.entry.log_time.ToDatetime().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    digest = told.entry.credential_sha256.hex()
    assert told.entry.leaf.decode() == f"academe-log/1\nissue\n{digest}\n{moment}\n"


async def test_get_inclusion_proof_in_a_smaller_tree(log: Any) -> None:
    """A size that was never signed has no checkpoint, and a leaf after it no proof."""
    told = await log.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=0, tree_size=7))

    assert includes(told.entry.leaf, 0, 7, told.hashes, told.root_hash)
    assert not told.HasField("checkpoint")
    with expect_error("LOG_ENTRY_NOT_FOUND"):
        await log.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=7, tree_size=7))


@pytest.mark.parametrize(
    "request_",
    [
        pb.GetInclusionProofRequest(),
        pb.GetInclusionProofRequest(leaf_index=-1),
        pb.GetInclusionProofRequest(credential_event=pb.CredentialLogEvent(event=pb.LOG_EVENT_ISSUE)),
        pb.GetInclusionProofRequest(credential_event=pb.CredentialLogEvent(credential_sha256=bytes(32))),
        pb.GetInclusionProofRequest(leaf_index=1, tree_size=-1),
    ],
)
async def test_get_inclusion_proof_of_nothing_sayable(log: Any, request_: Any) -> None:
    """Which entry is meant must be said, and can be."""
    with expect_error("FIELD_INVALID"):
        await log.GetInclusionProof(request_)


async def test_get_consistency_proof(log: Any) -> None:
    """From the older checkpoint to the newest."""
    old = await log.GetInclusionProof(pb.GetInclusionProofRequest(leaf_index=0, tree_size=20))
    told = await log.GetConsistencyProof(pb.GetConsistencyProofRequest(old_tree_size=20))

    assert (told.old_tree_size, told.new_tree_size) == (20, 31)
    assert extends(20, old.root_hash, 31, told.checkpoint.root_hash, told.hashes)


async def test_get_consistency_proof_the_wrong_way_round(log: Any) -> None:
    """A tree of nothing is in no need of one; a later one comes later; one of the future is not there."""
    for old, new, reason in (
        (0, 31, "FIELD_INVALID"),
        (21, 20, "FIELD_INVALID"),
        (21, 32, "LOG_ENTRY_NOT_FOUND"),
        (32, 0, "LOG_ENTRY_NOT_FOUND"),
    ):
        with expect_error(reason):
            await log.GetConsistencyProof(pb.GetConsistencyProofRequest(old_tree_size=old, new_tree_size=new))


async def test_list_log_entries(log: Any) -> None:
    """From an index upwards, with the size of the whole; none at the end."""
    told = await log.ListLogEntries(pb.ListLogEntriesRequest(start_index=29, page_size=5))
    end = await log.ListLogEntries(pb.ListLogEntriesRequest(start_index=2**63 - 1))

    assert [entry.leaf_index for entry in told.entries] == [29, 30]
    assert told.tree_size == end.tree_size == 31
    assert list(end.entries) == []
    with expect_error("FIELD_INVALID"):
        await log.ListLogEntries(pb.ListLogEntriesRequest(start_index=-1))
