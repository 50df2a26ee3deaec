"""Academe: a headless learning platform server, spoken to over gRPC.

Start at `academe.app`, the composition root; `academe.services` is the product.
"""

__version__ = "0.1.0"
