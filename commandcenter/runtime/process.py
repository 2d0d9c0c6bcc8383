"""Small process duties that Linux offers and the standard library does not."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1

# Runs between us and the program: drops to another user where asked, steps back behind others for the
# processor where asked, ties the process to its parent, becomes the program. A preexec_fn would do the same
# and may deadlock: it runs between fork and exec of a process whose other threads may hold locks.
_LAUNCHER = """
import ctypes, os, sys
sig, uid, gid, nice = map(int, sys.argv[1:5])
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.nice(nice)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, sig)
os.execvp(sys.argv[5], sys.argv[5:])
"""


def die_with_parent(sig: int = signal.SIGKILL) -> None:
    """Asks the kernel to send ``sig`` to this process when its parent dies (Linux; elsewhere nothing).

    Must run in the child, after any change of user: such a change clears the request (prctl(2)).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def launched(
    command: Sequence[str], *, sig: int = signal.SIGKILL, uid: int = -1, gid: int = -1, nice: int = 0
) -> list[str]:
    """``command`` behind a launcher, so that the kernel sends it ``sig`` when its starter dies.

    Start it with ``start_new_session=True``. ``uid`` and ``gid`` other than -1: as that user (needs root).
    ``nice`` 1 to 19: it waits for a core while others need one.
    """
    python = [sys.executable, "-I", "-S", "-c", _LAUNCHER]
    return [*python, str(int(sig)), str(uid), str(gid), str(nice), *command]
