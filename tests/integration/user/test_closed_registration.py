"""RegisterUser where only administrators make educators."""

from __future__ import annotations

from typing import Any

import pytest

from academe.services.user import UserService
from academe.services.user.errors import EducatorRegistrationClosed
from tests.support.identity import PASSWORD, Identity


async def test_as_an_educator_where_administrators_decide(identity: Identity) -> None:
    """The whole registration is refused, so that nobody waits for rights they did not get."""
    closed = UserService(
        identity.user_repository, identity.passwords, identity.sessions, educator_registration_open=False
    )
    fields: dict[str, Any] = {
        "username": "would-be-educator",
        "email": "educator@example.org",
        "password": PASSWORD,
        "display_name": "",
        "request_id": None,
        "request_hash": None,
    }

    with pytest.raises(EducatorRegistrationClosed):
        await closed.register_user(**fields, educator=True)
    assert await closed.register_user(**fields, educator=False)
