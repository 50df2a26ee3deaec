"""Academe: a headless learning platform server, spoken to over gRPC.

Start at `academe.app`, the composition root; `academe.services` is the product.
"""

import os

# What gRPC does around a fork is for children that go on with gRPC. Ours become another program at once, and
# some of them it crashed before they could: a PostgreSQL that does not come back. Read when grpc is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

__version__ = "0.1.0"
