"""The small HTTP listener beside gRPC: metrics, probes, public keys, webhooks, and later pages."""

from academe.http.listener import HttpListener
from academe.http.operations import operations_routes

__all__ = ["HttpListener", "operations_routes"]
