"""AuthService over gRPC."""

from __future__ import annotations

from typing import Any

from academe.api.auth.v1 import auth_service_pb2 as messages
from academe.api.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from academe.rpc.call import current_caller
from academe.rpc.convert import timestamp
from academe.services.auth.model import Tokens
from academe.services.auth.service import AuthService


class AuthHandler(AuthServiceServicer):
    """Messages in, messages out."""

    def __init__(self, service: AuthService) -> None:
        self._service = service

    async def Authenticate(self, request: messages.AuthenticateRequest, context: Any) -> messages.TokenPair:
        if request.WhichOneof("credential") == "password":
            given = request.password
            tokens = await self._service.authenticate_with_password(given.login, given.password)
        else:
            tokens = await self._service.authenticate_with_code(request.one_time_code.code)
        return _token_pair(tokens)

    async def RefreshToken(self, request: messages.RefreshTokenRequest, context: Any) -> messages.TokenPair:
        return _token_pair(await self._service.refresh(request.refresh_token))

    async def Logout(self, request: messages.LogoutRequest, context: Any) -> messages.LogoutResponse:
        ended = await self._service.logout(current_caller(), all_sessions=request.all_sessions)
        return messages.LogoutResponse(ended_sessions=ended)

    async def SetPassword(
        self, request: messages.SetPasswordRequest, context: Any
    ) -> messages.SetPasswordResponse:
        await self._service.set_password(current_caller(), request.current_password, request.new_password)
        return messages.SetPasswordResponse()

    async def GetSigningKeys(
        self, request: messages.GetSigningKeysRequest, context: Any
    ) -> messages.GetSigningKeysResponse:
        keys = self._service.signing_keys()
        return messages.GetSigningKeysResponse(keys=[messages.JsonWebKey(**key) for key in keys])


def _token_pair(tokens: Tokens) -> messages.TokenPair:
    session = tokens.session
    return messages.TokenPair(
        access_token=tokens.access_token,
        access_expire_time=timestamp(tokens.access_expire_time),
        refresh_token=tokens.refresh_token,
        session_expire_time=timestamp(session.expire_time),
        user_id=str(session.user_id),
        session_id=str(session.session_id),
        password_required=tokens.password_required,
    )
