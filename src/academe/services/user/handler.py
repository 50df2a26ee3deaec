"""UserService over gRPC."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from academe.api.user.v1 import user_service_pb2 as messages
from academe.api.user.v1.user_service_pb2_grpc import UserServiceServicer
from academe.caller import Role
from academe.errors import InvalidArgument
from academe.etags import etag, version_of
from academe.rpc.call import current_caller
from academe.rpc.convert import fingerprint, mask_paths, optional_id, timestamp
from academe.services.user.model import Account, Edits
from academe.services.user.service import UserService

EDITABLE = ("username", "email", "display_name", "biography", "roles")


class UserHandler(UserServiceServicer):
    """Messages in, messages out."""

    def __init__(self, service: UserService) -> None:
        self._service = service

    async def RegisterUser(self, request: messages.RegisterUserRequest, context: Any) -> messages.User:
        account = await self._service.register_user(
            username=request.username,
            email=request.email,
            password=request.password,
            display_name=request.display_name,
            educator=request.educator,
            request_id=optional_id(request.request_id),
            request_hash=fingerprint(request, "password"),
        )
        return user_message(account)

    async def GetMe(self, request: messages.GetMeRequest, context: Any) -> messages.User:
        caller = current_caller()
        return user_message(await self._service.get_user(caller, caller.user_id))

    async def GetUser(self, request: messages.GetUserRequest, context: Any) -> messages.User:
        return user_message(await self._service.get_user(current_caller(), UUID(request.user_id)))

    async def UpdateUser(self, request: messages.UpdateUserRequest, context: Any) -> messages.User:
        user = request.user
        if not user.user_id:
            raise InvalidArgument.field("user.user_id", "says whose account to change")
        account = await self._service.update_user(
            current_caller(), UUID(user.user_id), _edits(request), version=version_of(user.etag)
        )
        return user_message(account)


def _edits(request: messages.UpdateUserRequest) -> Edits:
    user, paths = request.user, mask_paths(request.update_mask, request.user, EDITABLE)
    return Edits(
        username=user.username if "username" in paths else None,
        email=user.email if "email" in paths else None,
        display_name=user.display_name if "display_name" in paths else None,
        biography=user.biography if "biography" in paths else None,
        roles=frozenset(map(Role, user.roles)) if "roles" in paths else None,
    )


def user_message(account: Account) -> messages.User:
    return messages.User(
        user_id=str(account.user_id),
        username=account.username,
        email=account.email,
        display_name=account.display_name,
        biography=account.biography,
        roles=sorted(account.roles),  # type: ignore[arg-type]  # the same numbers, as a test holds
        etag=etag(account.version),
        create_time=timestamp(account.create_time),
        update_time=timestamp(account.update_time),
    )
