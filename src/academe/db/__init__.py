"""PostgreSQL without a word of the domain: pool, migrations, batched reads and group commits."""
