"""What every session of the pool is set to, and the Python values that come out of it."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from academe.db.pool import Pool, create_pool


async def test_session_settings(database: str) -> None:
    """Every statement finds UTC, no schema but pg_catalog, no compilation, and its time limits."""
    pool = await create_pool(database, size=1, statement_timeout_ms=4_000, application_name="trial")
    [settings] = await pool.fetch(
        """
        select current_setting('timezone') as timezone,
               current_setting('search_path') as search_path,
               current_setting('jit') as jit,
               current_setting('statement_timeout') as statement_timeout,
               current_setting('idle_in_transaction_session_timeout') as idle_timeout,
               current_setting('client_connection_check_interval') as check_interval,
               current_setting('application_name') as application_name
        """
    )
    await pool.close()

    assert dict(settings) == {
        "timezone": "UTC",
        "search_path": "pg_catalog",
        "jit": "off",
        "statement_timeout": "4s",
        "idle_timeout": "8s",
        "check_interval": "2s",
        "application_name": "trial",
    }


async def test_uuid_and_time_come_back_as_python_values(pool: Pool) -> None:
    """An id is a UUID and a time is in UTC."""
    id_ = uuid4()

    [(found, time)] = await pool.fetch("select $1::uuid, '2026-01-02 03:04+05:00'::timestamptz", id_)

    assert found == id_
    assert isinstance(found, UUID)
    assert time.utcoffset() == timedelta(0)
    assert time.hour == 22


@pytest.mark.parametrize("value", [{"a": [1, None, "é"]}, [], "text", 1.5, True])
async def test_jsonb_is_python_objects(pool: Pool, value: object) -> None:
    """In both directions."""
    assert await pool.fetchval("select $1::jsonb", value) == value


async def test_jsonb_array_is_a_list_of_python_objects(pool: Pool) -> None:
    """As a set-based insert sends them."""
    values = [{"a": [1]}, "text", 2]

    assert await pool.fetchval("select $1::jsonb[]", values) == values


async def test_not_a_number_is_refused_before_the_server_sees_it(pool: Pool) -> None:
    """JSON has no NaN."""
    with pytest.raises(asyncpg.DataError):
        await pool.fetchval("select $1::jsonb", json.loads("NaN"))
