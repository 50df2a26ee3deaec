"""The tables as PostgreSQL has them: the habits that keep the heavy ones distributable."""

from __future__ import annotations

from academe.db.pool import Pool

# Tables that stay whole on one node, with the reason.
LOCAL = {
    "account.account": "e-mail and username are unique across the school",
    "auth.signing_key": "a handful of rows",
    "auth.one_time_code": "a handful of rows, found by the code alone",
    "academe_meta.migration": "the record of migrations",
    "credential.log_leaf": "the transparency log is one sequence",
    "credential.log_node": "the transparency log is one tree",
    "credential.log_checkpoint": "the transparency log is signed as a whole",
    "credential.log_key": "one row",
    "credential.issuer": "a handful of rows, found by slug and DID",
    "credential.status_list": "one row for 65,536 credentials",
    "credential.status_entry": "a list is published as a whole",
    "credential.issue_job": "a row for each bulk issue, worked on by any server",
    "credential.issue_item": "they are counted with their job",
}
LOCAL_SCHEMAS = {
    "tip": "the ledger stays on one node",
    "outbox": "its order is one, and what it holds is removed again",
}
# What leads every key of the other tables: the id of the aggregate they belong to.
LEADERS = {
    "auth": {"user_id"},
    "course": {"course_id", "creator_id", "educator_id"},
    "enrollment": {"learner_id"},
    "credential": {"learner_id", "code", "course_id", "issuer_id", "awarder_id"},
}
OURS = "('account', 'auth', 'course', 'enrollment', 'credential', 'tip', 'outbox')"


async def test_unique_keys_lead_with_their_aggregate(pool: Pool) -> None:
    """Every unique index of a table that grows with learners starts with its aggregate's id."""
    rows = await pool.fetch(
        f"""
        select n.nspname as schema, c.relname as table, i.relname as index, a.attname as leader
        from pg_index x
        join pg_class c on c.oid = x.indrelid
        join pg_class i on i.oid = x.indexrelid
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
        where x.indisunique and n.nspname in {OURS}
        """
    )
    wrong = [
        f"{row['table']}.{row['index']} starts with {row['leader']}"
        for row in rows
        if f"{row['schema']}.{row['table']}" not in LOCAL
        and row["schema"] not in LOCAL_SCHEMAS
        and row["leader"] not in LEADERS.get(row["schema"], set())
    ]

    assert len(rows) > 15
    assert wrong == []


async def test_every_table_has_a_primary_key(pool: Pool) -> None:
    """A table without one can be neither distributed nor replicated logically."""
    rows = await pool.fetch(
        f"""
        select n.nspname || '.' || c.relname as name from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in {OURS}
          and not exists (select from pg_index x where x.indrelid = c.oid and x.indisprimary)
        """
    )

    assert [row["name"] for row in rows] == []


async def test_no_foreign_key_crosses_schemas(pool: Pool) -> None:
    """A slice can take its schema and leave."""
    rows = await pool.fetch(
        """
        select k.conname from pg_constraint k
        join pg_class a on a.oid = k.conrelid
        join pg_class b on b.oid = k.confrelid
        where k.contype = 'f' and a.relnamespace <> b.relnamespace
        """
    )

    assert [row["conname"] for row in rows] == []


async def test_triggers_stand_only_in_ledger_and_log(pool: Pool) -> None:
    """Tables that are to be distributed have none; those of ledger and log guard what never changes."""
    rows = await pool.fetch(
        f"""
        select n.nspname || '.' || c.relname as name from pg_trigger t
        join pg_class c on c.oid = t.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        where not t.tgisinternal and n.nspname in {OURS}
        """
    )

    names = {row["name"] for row in rows if not row["name"].startswith("credential.log_")}
    assert {name.partition(".")[0] for name in names} <= {"tip"}


async def test_times_have_a_zone(pool: Pool) -> None:
    """No column is a time without a zone, and none is a float."""
    rows = await pool.fetch(
        f"""
        select table_schema || '.' || table_name || '.' || column_name as name
        from information_schema.columns
        where table_schema in {OURS}
          and data_type in ('timestamp without time zone', 'real', 'double precision', 'money')
        """
    )

    assert [row["name"] for row in rows] == []
