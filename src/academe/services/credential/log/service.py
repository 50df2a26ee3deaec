"""The transparency log for its readers: checkpoints, proofs, entries.

Everything here is public. Appending is not: that is `append` of the repository, in the transaction of what
happened.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from academe.clock import utcnow
from academe.errors import InvalidArgument
from academe.services.credential.errors import LogEntryNotFound
from academe.services.credential.log import merkle
from academe.services.credential.log.checkpoint import VerifierKey
from academe.services.credential.log.keys import LogKeys
from academe.services.credential.log.model import (
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    Leaf,
    LogPage,
    Wanted,
)
from academe.services.credential.log.repository import LogRepository
from academe.services.credential.log.repository_checkpoints import CheckpointRepository
from academe.services.credential.log.tiles import HEIGHT, Tile, bundle, tiles_of

PAGE_SIZE_MAX = 256
"""Entries, as many as are in a tile. Each is some 250 bytes on the wire."""


class LogRewrittenError(Exception):
    """The transparency log is not what was signed before: nothing more is signed or proved.

    A fault for the operator, told in the server's log, and to callers only as INTERNAL.
    """


class LogService:
    """Reads the log and signs how far it has come."""

    def __init__(
        self,
        repository: LogRepository,
        checkpoints: CheckpointRepository,
        keys: LogKeys,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._checkpoints = checkpoints
        self._keys = keys
        self._clock = clock

    async def verifier_key(self) -> VerifierKey:
        """What others check checkpoints with."""
        return (await self._keys.signer()).key

    async def get_checkpoint(self) -> Checkpoint:
        """The newest: signed now if the log has grown since the last one.

        Raises LogRewrittenError, and signs nothing, when the tree does not begin with what was signed last.
        """
        head = await self._checkpoints.head()
        newest = head.newest
        if newest is not None and newest.tree_size == head.tree_size:
            return newest
        known_size = newest.tree_size if newest is not None else 0
        now, before = await self._folded([merkle.root(head.tree_size), merkle.root(known_size)])
        if newest is not None and (head.tree_size < known_size or before != newest.root_hash):
            raise LogRewrittenError
        signer = await self._keys.signer()
        note = signer.sign(head.tree_size, now)
        kept = await self._checkpoints.add(Checkpoint(head.tree_size, now, note, self._clock()))
        if kept.root_hash != now:
            raise LogRewrittenError
        return kept

    async def get_inclusion_proof(self, wanted: Wanted, tree_size: int = 0) -> InclusionProof:
        """That a leaf is in the tree of `tree_size` leaves; 0 means that of the newest checkpoint.

        Raises LogEntryNotFound when there is no such leaf, not in a tree of that size, or none of that size.
        """
        leaf = await self._repository.find(wanted)
        if leaf is None:
            raise LogEntryNotFound
        size, checkpoint = await self._tree(tree_size)
        if leaf.leaf_index >= size:
            raise LogEntryNotFound(f"The tree of {size} entries does not have entry {leaf.leaf_index} yet.")
        root, *hashes = await self._folded([merkle.root(size), *merkle.inclusion(leaf.leaf_index, size)])
        if checkpoint is not None and checkpoint.root_hash != root:
            raise LogRewrittenError
        return InclusionProof(leaf, size, tuple(hashes), root, checkpoint)

    async def get_consistency_proof(self, old_size: int, new_size: int = 0) -> ConsistencyProof:
        """That the tree of `new_size` leaves begins with the one of `old_size`, which is at least 1.

        0 means that of the newest checkpoint. Raises InvalidArgument when the sizes are the wrong way round,
        LogEntryNotFound when the log is not that long.
        """
        size, checkpoint = await self._tree(new_size)
        if old_size > size and not new_size:
            raise LogEntryNotFound(f"The newest checkpoint has {size} entries.")
        if not 1 <= old_size <= size:
            raise InvalidArgument.field("old_tree_size", f"must be 1 to {size}, the later size")
        hashes = await self._folded(merkle.consistency(old_size, size))
        return ConsistencyProof(old_size, size, tuple(hashes), checkpoint)

    async def list_entries(self, start: int = 0, limit: int = 0) -> LogPage:
        """Leaves from an index upwards, at most PAGE_SIZE_MAX, which is also what a limit of 0 means."""
        count = min(limit, PAGE_SIZE_MAX) or PAGE_SIZE_MAX
        leaves = await self._repository.leaves(start, count)
        return LogPage(leaves, await self._repository.size())

    async def size(self) -> int:
        """How many entries there are."""
        return await self._repository.size()

    async def history(self, credential_sha256: bytes) -> list[Leaf]:
        """Everything that the log says of a credential, in order; empty if it was never logged."""
        return await self._repository.history(credential_sha256)

    async def read_tile(self, tile: Tile) -> bytes | None:
        """What is in a tile, or None while the log does not fill it."""
        if tile.level is None:
            leaves = await self._repository.leaves(tile.start, tile.width)
            return bundle(leaves) if len(leaves) == tile.width else None
        level = tile.level * HEIGHT
        hashes = await self._repository.hashes_of_level(level, tile.start, tile.width)
        return b"".join(hashes) if len(hashes) == tile.width else None

    async def export(self, checkpoint: Checkpoint) -> AsyncIterator[tuple[str, bytes]]:
        """The log up to a checkpoint as files, each by its path in a folder that belongs to the log.

        Served as they are, they are a log that others can read without us (see tiles.py).
        """
        yield "checkpoint", checkpoint.note.encode()
        yield "key", f"{await self.verifier_key()}\n".encode()
        for tile in tiles_of(checkpoint.tree_size):
            content = await self.read_tile(tile)
            if content is None:
                raise LogRewrittenError  # it was there when the checkpoint was signed
            yield f"tile/{tile.path}", content

    async def _tree(self, tree_size: int) -> tuple[int, Checkpoint | None]:
        """The size that is meant, and what was signed for it."""
        if not tree_size:
            checkpoint = await self.get_checkpoint()
            return checkpoint.tree_size, checkpoint
        size = await self._repository.size()
        if tree_size > size:
            raise LogEntryNotFound(f"The log has {size} entries.")
        return tree_size, await self._checkpoints.find(tree_size)

    async def _folded(self, covers: list[merkle.Cover]) -> list[bytes]:
        """The hash over each cover, all from one read."""
        known = await self._repository.hashes(merkle.nodes_of(covers))
        try:
            return [merkle.fold([known[node] for node in cover]) for cover in covers]
        except KeyError as error:
            raise LogRewrittenError from error  # a stored hash is gone
