"""Where a page of a long list begins, as an address says it: beside a position of the log."""

from typing import Final

from domain.base import Refusal

LARGEST: Final = 2**62  # of a position


class NotAPosition(Refusal):
    """“{text}” is not a place in this answer.

    Begin with its first page.
    """


def place_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) < LARGEST):
        raise NotAPosition(text=text[:40])
    return int(text)
