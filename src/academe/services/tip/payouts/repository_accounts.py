"""Where educators are paid to, as the provider told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from academe.db.pool import Queryable
from academe.services.tip.payouts.model import PayoutAccount
from academe.services.tip.ports import ProviderAccount


class PayoutAccountRepository:
    """One row for each educator and provider, written before the provider is asked to make the account."""

    def __init__(self, pool: Queryable) -> None:
        self._pool = pool

    async def get(self, educator_id: UUID, provider: str) -> PayoutAccount | None:
        row = await self._pool.fetchrow(
            """
            select educator_id, provider, provider_reference, payouts_enabled, requirements
            from tip.payout_account
            where educator_id = $1 and provider = $2
            """,
            educator_id,
            provider,
        )
        return _account_of(row) if row is not None else None

    async def claim(self, educator_id: UUID, provider: str, now: datetime, until: datetime) -> bool:
        """Whether the caller is the one to ask for the account now, alone until then."""
        row = await self._pool.fetchrow(
            """
            insert into tip.payout_account as account (
                educator_id, provider, payouts_enabled, requirements, claim_time, create_time, update_time
            )
            values ($1, $2, false, '{}', $4, $3, $3)
            on conflict on constraint payout_account_pkey do update
                set claim_time = excluded.claim_time
                where account.provider_reference is null and account.claim_time <= $3
            returning account.educator_id
            """,
            educator_id,
            provider,
            now,
            until,
        )
        return row is not None

    async def release(self, educator_id: UUID, provider: str, until: datetime) -> None:
        """Gives a claim back, so that nobody waits for its end; not one that somebody else has made since."""
        await self._pool.execute(
            """
            update tip.payout_account set claim_time = '-infinity'
            where educator_id = $1 and provider = $2 and claim_time = $3
            """,
            educator_id,
            provider,
            until,
        )

    async def record(self, educator_id: UUID, provider: str, told: ProviderAccount, at: datetime) -> None:
        """Keeps what the provider said when it was asked at that time, unless something later is known.

        The reference stays what it was first.
        """
        await self._pool.execute(
            """
            update tip.payout_account
            set provider_reference = coalesce(provider_reference, $3),
                payouts_enabled = $4, requirements = $5, update_time = $6
            where educator_id = $1 and provider = $2
                and (provider_reference is null or (provider_reference = $3 and update_time <= $6))
            """,
            educator_id,
            provider,
            told.reference,
            told.payouts_enabled,
            list(told.requirements),
            at,
        )

    async def find_educator(self, provider: str, reference: str) -> UUID | None:
        """Whose account it is, None when nobody's here."""
        found: UUID | None = await self._pool.fetchval(
            """
            select educator_id from tip.payout_account where provider = $1 and provider_reference = $2
            """,
            provider,
            reference,
        )
        return found


def _account_of(row: Any) -> PayoutAccount:
    return PayoutAccount(
        educator_id=row["educator_id"],
        provider=row["provider"],
        reference=row["provider_reference"],
        payouts_enabled=row["payouts_enabled"],
        requirements=row["requirements"],
    )
