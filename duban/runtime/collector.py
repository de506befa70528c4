"""Python's collector of cycles, for processes that make many objects and hardly a cycle among them."""

import gc
from typing import Final

# Objects before the young are looked through: by default 700, which costs an engine under load a fifth of its time.
YOUNG: Final = 50_000


def spare() -> None:
    """What is there now stays, and the collector looks for garbage seldom."""
    gc.freeze()
    gc.set_threshold(YOUNG)
