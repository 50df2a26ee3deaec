"""The one error that a start may end with: a sentence for the person at the terminal."""

from __future__ import annotations


class StartupError(Exception):
    """The server cannot start.

    The message is one sentence which says what is wrong and what to do about it; the command line prints it
    alone, without a traceback, so it must not hold a password or a connection string.
    """
