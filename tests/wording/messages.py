"""Every text that is said, as the sources hold them: what the catalogues have to cover."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

import domain
import duban
from domain.base import Refusal
from domain.suggestion import history
from duban.wording.names import NAMES
from duban.wording.wording import WEEKDAYS

Message = tuple[str | None, str]  # context and msgid

KEYWORDS = {
    "text": None,
    "_text": None,
    "t": None,
    "msgid": None,
    "many": (1, 2),
    "_due": (2,),
}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
HEADINGS = (
    "ref",
    "title",
    "subject",
    "stage",
    "lead unit",
    "next due",
    "code",
    "aspect",
)  # of the CLI's list, translated in a loop


def said() -> set[Message]:
    """Context and msgid of every text in the code, the templates, the names and the refusals."""
    found: set[Message] = set()
    for _, _, message, _, context in extract_from_dir(
        Path(duban.__path__[0]), METHODS, keywords=KEYWORDS, options_map={}
    ):
        texts = message if isinstance(message, tuple) else (message,)
        found |= {(context, text) for text in texts if text}
    found |= {(kind, name) for kind, names in NAMES.items() for name in names.values()}
    found |= {("weekday", day) for day in WEEKDAYS}
    found |= {(None, text) for text in (*HEADINGS, *reasons())}
    found |= {(None, text) for refusal in refusals() for text in refusal.texts()}
    return found


def reasons() -> Iterator[str]:
    """Why a reconstructed step stands where it does."""
    for name, value in vars(history).items():
        if name.isupper() and isinstance(value, str):
            yield value


def refusals() -> list[type[Refusal]]:
    """Every refusal there is, wherever it is defined."""
    for package in (domain, duban):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return sorted(_below(Refusal), key=lambda refusal: f"{refusal.__module__}.{refusal.__name__}")


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    return {found for child in kind.__subclasses__() for found in (child, *_below(child))}
