"""Whether the log is what was appended to it, and begins with everything that was ever signed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from academe.db.snapshot import one_snapshot
from academe.services.credential.log import merkle
from academe.services.credential.log.checkpoint import NoteInvalidError, Statement, VerifierKey, read_note
from academe.services.credential.log.model import Checkpoint
from academe.services.credential.log.verification.model import FAULTS_TOLD, LogCheck
from academe.services.credential.log.verification.repository import VerificationRepository

CHECKPOINTS_AT_ONCE = 500
"""Checked between two reads: 50 ms of signatures, in a thread of their own."""


async def verify_log(
    dsn: str, *, expected_key: str | None = None, kept_notes: Sequence[str] = ()
) -> list[LogCheck]:
    """Recomputes the log at one moment and says what is wrong with it, check by check.

    Whoever can rewrite the database can rewrite all that it says of itself. What they cannot is bring it in
    line with what others hold: `expected_key`, the verifier key as it was published, and `kept_notes`,
    checkpoints as they were handed out. Reads everything, on a connection of its own made from `dsn`.
    """
    async with one_snapshot(dsn, 1, application_name="academe verify log") as (connection,):
        repository = VerificationRepository(connection)
        checks = [await repository.check_leaves(), await repository.check_nodes()]
        key = await repository.key()
        checks.append(await _check_stored(repository, key, expected_key))
        if kept_notes:
            checks.append(await _check_kept(repository, key, kept_notes))
        return checks


async def _check_stored(
    repository: VerificationRepository, key: VerifierKey | None, expected_key: str | None
) -> LogCheck:
    """Each checkpoint is signed by the log's key and has the root of the tree of its size."""
    faults = []
    if expected_key is not None and str(key) != expected_key:
        faults.append(f"The log's key is {key}, not the one expected.")
    examined, after, size = 0, -1, await repository.size()
    while page := await repository.checkpoints(after, CHECKPOINTS_AT_ONCE):
        statements = await asyncio.to_thread(_read_all, page, key)
        faults += await _compare(repository, size, statements)
        examined += len(page)
        after = page[-1].tree_size
    return _check("checkpoints", examined, faults)


async def _check_kept(
    repository: VerificationRepository, key: VerifierKey | None, notes: Sequence[str]
) -> LogCheck:
    """The tree begins with what somebody was told of it."""
    read = [(f"Kept checkpoint {number}", _read(note, key)) for number, note in enumerate(notes, 1)]
    return _check("kept", len(notes), await _compare(repository, await repository.size(), read))


_Read = tuple[str, Statement | str]
"""What a checkpoint is called, with what it says or what is wrong with it."""


def _read_all(page: Sequence[Checkpoint], key: VerifierKey | None) -> list[_Read]:
    read: list[_Read] = []
    for checkpoint in page:
        found = _read(checkpoint.note, key)
        if isinstance(found, Statement) and (found.tree_size, found.root_hash) != (
            checkpoint.tree_size,
            checkpoint.root_hash,
        ):
            found = "Its note states something else than its row."
        read.append((f"Checkpoint {checkpoint.tree_size}", found))
    return read


def _read(note: str, key: VerifierKey | None) -> Statement | str:
    if key is None:
        return "The log has no key."
    try:
        return read_note(note, key)
    except NoteInvalidError as invalid:
        return str(invalid)


async def _compare(repository: VerificationRepository, size: int, read: Sequence[_Read]) -> list[str]:
    """A sentence for each that is not signed, or not of this tree."""
    covers = {
        found.tree_size: merkle.root(found.tree_size)
        for _, found in read
        if isinstance(found, Statement) and found.tree_size <= size
    }
    known = await repository.hashes(merkle.nodes_of(covers.values()))
    faults = []
    for name, found in read:
        if isinstance(found, str):
            faults.append(f"{name}: {found}")
        elif found.tree_size > size:
            faults.append(f"{name}: it is of {found.tree_size} entries, and the log has {size}.")
        elif _root(covers[found.tree_size], known) != found.root_hash:
            faults.append(f"{name}: the first {found.tree_size} entries have another root by now.")
    return faults


def _root(cover: merkle.Cover, known: dict[merkle.Node, bytes]) -> bytes | None:
    hashes = [known.get(node) for node in cover]
    return merkle.fold([hash_ for hash_ in hashes if hash_ is not None]) if None not in hashes else None


def _check(name: str, examined: int, faults: Sequence[str]) -> LogCheck:
    return LogCheck(name, examined, len(faults), tuple(faults[:FAULTS_TOLD]))
