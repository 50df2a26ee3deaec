"""The transparency log on the wire."""

from __future__ import annotations

from typing import Any

from academe.api.credential.v1 import transparency_log_pb2 as pb
from academe.services.credential.log.convert import (
    checkpoint_message,
    consistency_message,
    inclusion_message,
    page_message,
    wanted_of,
)
from academe.services.credential.log.service import LogService


class LogHandler:
    """A part of CredentialHandler, which sets `_log`. Everything here is for everybody."""

    _log: LogService

    async def GetLogCheckpoint(self, request: pb.GetLogCheckpointRequest, context: Any) -> pb.LogCheckpoint:
        return checkpoint_message(await self._log.get_checkpoint(), await self._log.verifier_key())

    async def GetInclusionProof(
        self, request: pb.GetInclusionProofRequest, context: Any
    ) -> pb.InclusionProof:
        proof = await self._log.get_inclusion_proof(wanted_of(request), request.tree_size)
        return inclusion_message(proof, await self._log.verifier_key())

    async def GetConsistencyProof(
        self, request: pb.GetConsistencyProofRequest, context: Any
    ) -> pb.ConsistencyProof:
        proof = await self._log.get_consistency_proof(request.old_tree_size, request.new_tree_size)
        return consistency_message(proof, await self._log.verifier_key())

    async def ListLogEntries(
        self, request: pb.ListLogEntriesRequest, context: Any
    ) -> pb.ListLogEntriesResponse:
        return page_message(await self._log.list_entries(request.start_index, request.page_size))
