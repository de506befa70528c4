"""Ties its life to the parent's, gives up root, and becomes the given command; run as a script.

`launch.py PARENT DEATH_SIGNAL IDENTITY COMMAND...`. A script instead of a `preexec_fn`, because Python code
between fork and exec can deadlock in a process with threads. PARENT is a process id; IDENTITY is `same`,
`namespace` or `UID:GID`. The kernel sends DEATH_SIGNAL when the thread that started this process ends,
however it ends, so real parts are started from a thread that lives as long as they should.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
PRIVATE = 0o077  # umask: what a part writes is for its owner only
UID_IN_NAMESPACE = 1000  # anything but 0, which PostgreSQL refuses


def become(identity: str) -> None:
    """Takes the identity: in a namespace, files stay the outer user's and no permission changes."""
    if identity == "namespace":
        uid = os.geteuid()
        _checked(ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER))
        Path("/proc/self/uid_map").write_text(f"{UID_IN_NAMESPACE} {uid} 1")
    elif identity != "same":
        uid, gid = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def die_with(parent: int, death_signal: int) -> None:
    """Asks for the signal; after `become`, since a change of credentials forgets it. Linux only."""
    if sys.platform == "linux":
        _checked(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0))
    if os.getppid() != parent:
        raise SystemExit("the parent is gone")


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main(parent: str, death_signal: str, identity: str, *command: str) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)  # Python and background jobs ignore some; exec would keep that
    os.umask(PRIVATE)
    become(identity)
    die_with(int(parent), int(death_signal))
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
