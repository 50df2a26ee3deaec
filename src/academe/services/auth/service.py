"""The rules of signing in, staying signed in and signing out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.caller import Caller
from academe.clock import utcnow
from academe.ids import new_id
from academe.services.auth import access_tokens
from academe.services.auth.access_tokens import Claims
from academe.services.auth.errors import RefreshTokenInvalid
from academe.services.auth.model import Method, Session, Tokens
from academe.services.auth.one_time_codes import code_hash, new_code
from academe.services.auth.ports import Accounts
from academe.services.auth.refresh_tokens import RefreshToken, RefreshTokens
from academe.services.auth.repository import AuthRepository
from academe.services.auth.sessions import Sessions
from academe.services.auth.signing_keys import SigningKeys
from academe.services.auth.verifier import TokenVerifier
from academe.services.user import Account, CredentialsInvalid, CurrentPasswordWrong

REFRESH_GRACE = timedelta(seconds=10)
"""For the repeat of a refresh whose answer was lost; it ends sooner when the successor is used."""

SIGN_IN_TRIES = 3
"""When the account keeps changing between the check of its password and the start of the session."""


class AuthService:
    """Sessions and tokens for the accounts of the user service."""

    def __init__(
        self,
        repository: AuthRepository,
        sessions: Sessions,
        keys: SigningKeys,
        verifier: TokenVerifier,
        accounts: Accounts,
        *,
        access_token_lifetime: timedelta,
        session_lifetime: timedelta,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._keys = keys
        self._verifier = verifier
        self._accounts = accounts
        self._refresh_tokens = RefreshTokens(keys.refresh_token_key)
        self._access_token_lifetime = access_token_lifetime
        self._session_lifetime = session_lifetime
        self._issuer = verifier.issuer
        self._log = log
        self._clock = clock

    async def authenticate_with_password(self, login: str, password: str) -> Tokens:
        """Starts a session. Raises CredentialsInvalid, alike and as late for every cause; Overloaded.

        The account is read again once the session is there. When it is as it was before the check, a change
        of its password or roles can only come later, and will find this session and end it.
        """
        for _ in range(SIGN_IN_TRIES):
            account = await self._accounts.check_password(login, password)
            if account is None:
                break
            session = self._new_session(account.user_id)
            await self._repository.add_session(session, Method.PASSWORD)
            present = await self._account(account.user_id)
            if present is not None and present.version == account.version:
                return self._signed_in(session, present, Method.PASSWORD)
            await self._sessions.end_session(session.user_id, session.session_id)
        raise self._refused(Method.PASSWORD, await self._accounts.find_login(login))

    async def authenticate_with_code(self, code: str) -> Tokens:
        """Starts a session with a one-time code, which is spent with it. Raises CredentialsInvalid."""
        now = self._clock()
        session = await self._repository.add_session_for_code(
            code_hash(code), new_id(), now, now + self._session_lifetime
        )
        if session is None:
            raise self._refused(Method.ONE_TIME_CODE, None)
        account = await self._account(session.user_id)
        if account is None:
            raise self._refused(Method.ONE_TIME_CODE, session.user_id)
        return self._signed_in(session, account, Method.ONE_TIME_CODE)

    async def issue_one_time_code(self, user_id: UUID, lifetime: timedelta) -> str:
        """A code that signs this person in once, within `lifetime`; those given out before stop working."""
        code = new_code()
        await self._repository.put_one_time_code(user_id, code_hash(code), self._clock() + lifetime)
        self._log.info("one-time code issued", user_id=str(user_id))
        return code

    async def refresh(self, refresh_token: str) -> Tokens:
        """The next pair of tokens. Raises RefreshTokenInvalid; a token that was spent ends the session."""
        token = self._refresh_tokens.read(refresh_token)
        if token is None:
            raise RefreshTokenInvalid
        now = self._clock()
        refreshed = await self._repository.refresh_session(
            token.user_id, token.session_id, token.count, now=now, grace_since=now - REFRESH_GRACE
        )
        if refreshed is None:
            raise RefreshTokenInvalid
        if refreshed.ended:
            self._verifier.forget_session(token.session_id)
            self._log.warning(
                "a spent refresh token came back; its session was ended",
                user_id=str(token.user_id),
                session_id=str(token.session_id),
            )
            raise RefreshTokenInvalid
        # Read after the session moved on: roles that change now end it, and roles changed before are these.
        account = await self._account(token.user_id)
        if account is None:
            raise RefreshTokenInvalid
        return self._tokens(refreshed.session, account, refreshed.count)

    async def logout(self, caller: Caller, *, all_sessions: bool) -> int:
        """Ends the caller's session, or all of theirs; returns how many ended."""
        if all_sessions:
            ended = await self._sessions.end_sessions(caller.user_id)
        else:
            ended = await self._sessions.end_session(caller.user_id, caller.session_id)
        self._log.info("signed out", user_id=str(caller.user_id), sessions=ended)
        return ended

    async def set_password(self, caller: Caller, current: str, new: str) -> None:
        """Sets the caller's password, ends their other sessions and voids a code they have not used.

        `current` may be empty while there is none. Once the password is changed the others are signed out
        already, whatever becomes of this call. Raises CurrentPasswordWrong, PasswordUnfit, Overloaded.
        """
        ended = 0

        async def end_others() -> None:
            nonlocal ended
            await self._repository.void_one_time_code(caller.user_id, self._clock())
            ended += await self._sessions.end_sessions(caller.user_id, except_session=caller.session_id)

        try:
            await self._accounts.set_password(caller.user_id, current or None, new, end_others=end_others)
        except CurrentPasswordWrong:
            self._log.warning("password change refused", user_id=str(caller.user_id))
            raise
        self._log.info("password set", user_id=str(caller.user_id), ended_sessions=ended)

    def signing_keys(self) -> list[dict[str, Any]]:
        """The public keys as JSON Web Keys, the one in use first."""
        keys: list[dict[str, Any]] = self._keys.jwks()["keys"]
        return keys

    async def _account(self, user_id: UUID) -> Account | None:
        return (await self._accounts.get_accounts([user_id])).get(user_id)

    def _new_session(self, user_id: UUID) -> Session:
        now = self._clock()
        return Session(user_id, new_id(), now, now + self._session_lifetime)

    def _signed_in(self, session: Session, account: Account, method: Method) -> Tokens:
        self._log.info(
            "signed in",
            user_id=str(session.user_id),
            session_id=str(session.session_id),
            method=method.value,
        )
        return self._tokens(session, account, count=0)

    def _refused(self, method: Method, user_id: UUID | None) -> CredentialsInvalid:
        """The same for whoever asks, whatever was wrong; only the log knows who was meant."""
        self._log.warning("sign-in refused", user_id=str(user_id or ""), method=method.value)
        return CredentialsInvalid()

    def _tokens(self, session: Session, account: Account, count: int) -> Tokens:
        now = self._clock()
        expire_time = min(now + self._access_token_lifetime, session.expire_time)
        claims = Claims(
            user_id=session.user_id,
            session_id=session.session_id,
            roles=account.roles,
            authenticate_time=session.authenticate_time,
            issue_time=now,
            expire_time=expire_time,
        )
        key = self._keys.current()
        return Tokens(
            session=session,
            access_token=access_tokens.write(claims, issuer=self._issuer, kid=key.kid, key=key.key),
            access_expire_time=expire_time,
            refresh_token=self._refresh_tokens.write(
                RefreshToken(session.user_id, session.session_id, count)
            ),
            password_required=not account.has_password,
        )
