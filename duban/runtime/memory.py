"""How a process treats its memory: what it had it keeps, and it looks for garbage seldom.

A page of the log is half a megabyte in the database and two in the reader. The C library hands such pieces back to the
system after each use, and on a virtual machine having them mapped anew took half of the database's time for a page.
"""

import ctypes
import gc
from typing import Final

# Objects before the young are looked through: by default 700, which costs an engine under load a fifth of its time.
YOUNG: Final = 50_000

KEPT: Final = 16 * 2**20  # bytes: pieces of up to so many are reused, and as many stay with an idle process
_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # glibc's numbers for mallopt

KEEPING: Final = {"MALLOC_MMAP_THRESHOLD_": str(KEPT), "MALLOC_TRIM_THRESHOLD_": str(KEPT)}
"""The environment in which a program that is not ours does the same, if its C library is glibc."""


def spare() -> None:
    """What is there now stays, the collector looks for garbage seldom, and memory is kept."""
    gc.freeze()
    gc.set_threshold(YOUNG)
    keep()


def keep() -> None:
    """Memory that was used stays with this process; with a C library other than glibc nothing changes."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_MMAP_THRESHOLD, KEPT)
        mallopt(_TRIM_THRESHOLD, KEPT)
