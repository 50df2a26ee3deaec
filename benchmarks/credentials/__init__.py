"""Credentials, measured: issuing one and ten thousand, verifying, publishing, beside what their parts cost.

A whole server over loopback, on the native engine and the embedded PostgreSQL with fsync on; the limits are
measured in the same run, on the same documents. `python -m benchmarks.credentials` writes
results/credentials.{md,json,png}.
"""
