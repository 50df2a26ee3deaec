"""Becomes a program of PostgreSQL: run as a script, it changes the user and then executes the given command.

    python -I -S launch.py <uid> <gid> <pid of the server> <program> <argument>...

A small program instead of subprocess's `preexec_fn`, because that runs Python between fork and exec in a
process whose other threads (gRPC has several) may have held a lock at the fork.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def die_with(parent: int) -> None:
    """Have the kernel send SIGINT, PostgreSQL's fast shutdown, when the server dies, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The server that started this PostgreSQL is gone.")


def main() -> None:
    uid, gid, parent = (int(argument) for argument in sys.argv[1:4])
    command = sys.argv[4:]
    if os.geteuid() != uid:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    # Python ignores SIGPIPE, and a thread of the server may have blocked signals; both would be inherited.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    die_with(parent)  # last, because the kernel forgets the wish when the user changes
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
