"""Catalogues: the texts of a language, read from its gettext .po files (one per room) without a compile step."""

from functools import cache
from importlib.resources import files

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"  # the msgids are its texts


class Texts:
    """Translations by msgid; a text that is not in the catalogue is shown as it is written."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def get(self, msgid: str, context: str | None = None) -> str:
        message = self._catalog.get(msgid, context)
        found = message.string if message and not message.fuzzy else ""
        return (found[0] if isinstance(found, tuple | list) else found) or msgid

    def holds(self, msgid: str, context: str | None = None) -> bool:
        message = self._catalog.get(msgid, context)
        return bool(message and message.string)

    def many(self, one: str, other: str, number: int) -> str:
        """The form for a number. Chinese has one; so has every catalogue there is yet."""
        return self.get(one) if self.holds(one) else (one if number == 1 else other)


@cache
def texts(lang: str) -> Texts:
    """The catalogue of a language; empty for the one that the msgids are written in."""
    if lang == SOURCE_LANGUAGE:
        return Texts(Catalog())
    merged = Catalog(locale=lang)
    for path in sorted(
        files("duban").joinpath("locale", lang, "LC_MESSAGES").iterdir(), key=lambda p: p.name
    ):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id:
                    merged[message.id] = message
    return Texts(merged)


def msgid(text: str) -> str:
    """Marks a text that is translated where it is used rather than where it stands."""
    return text
