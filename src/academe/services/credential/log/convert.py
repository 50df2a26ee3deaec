"""The log between messages and values."""

from __future__ import annotations

from academe.api.credential.v1 import transparency_log_pb2 as pb
from academe.rpc.convert import timestamp
from academe.services.credential.log.checkpoint import VerifierKey
from academe.services.credential.log.model import (
    Checkpoint,
    ConsistencyProof,
    CredentialEvent,
    InclusionProof,
    Leaf,
    LogEvent,
    LogPage,
    Wanted,
)


def wanted_of(request: pb.GetInclusionProofRequest) -> Wanted:
    """Which leaf is asked for. The contract's rules have seen to it that one is."""
    if request.WhichOneof("entry") == "leaf_index":
        return request.leaf_index
    asked = request.credential_event
    return CredentialEvent(asked.credential_sha256, LogEvent(asked.event))


def checkpoint_message(checkpoint: Checkpoint, key: VerifierKey) -> pb.LogCheckpoint:
    return pb.LogCheckpoint(
        tree_size=checkpoint.tree_size,
        root_hash=checkpoint.root_hash,
        note=checkpoint.note,
        verifier_key=str(key),
    )


def inclusion_message(proof: InclusionProof, key: VerifierKey) -> pb.InclusionProof:
    return pb.InclusionProof(
        entry=_entry(proof.leaf),
        tree_size=proof.tree_size,
        hashes=proof.hashes,
        root_hash=proof.root_hash,
        checkpoint=checkpoint_message(proof.checkpoint, key) if proof.checkpoint else None,
    )


def consistency_message(proof: ConsistencyProof, key: VerifierKey) -> pb.ConsistencyProof:
    return pb.ConsistencyProof(
        old_tree_size=proof.old_size,
        new_tree_size=proof.new_size,
        hashes=proof.hashes,
        checkpoint=checkpoint_message(proof.checkpoint, key) if proof.checkpoint else None,
    )


def page_message(page: LogPage) -> pb.ListLogEntriesResponse:
    return pb.ListLogEntriesResponse(entries=map(_entry, page.leaves), tree_size=page.tree_size)


def _entry(leaf: Leaf) -> pb.LogEntry:
    return pb.LogEntry(
        leaf_index=leaf.leaf_index,
        event=pb.LogEvent.Name(leaf.event),
        credential_sha256=leaf.credential_sha256,
        log_time=timestamp(leaf.log_time),
        leaf=leaf.data,
    )
