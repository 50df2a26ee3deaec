"""What can be wrong with signing in; CredentialsInvalid is the user service's, which checks passwords."""

from __future__ import annotations

from academe.errors import Unauthenticated


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is not valid; authenticate again."""

    reason = "REFRESH_TOKEN_INVALID"
