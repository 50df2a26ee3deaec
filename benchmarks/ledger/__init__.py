"""What a tip costs in the database: our ledger beside the two best-known designs on PostgreSQL, restated.

One connection, fsync on, on a disk; every design takes the same tips in the same rounds, and each one's sums
are verified afterwards. `python -m benchmarks.ledger` writes results/ledger.{md,json,png}.
"""
