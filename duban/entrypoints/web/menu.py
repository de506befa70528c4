"""The menu: the pages that somebody may open."""

from typing import Final

from duban.access.permission import opens
from duban.access.viewer import Viewer
from duban.wording.wording import Wording

PAGES: Final = {  # in the order of the menu: path and the view that it opens
    "to do": ("/todo", "inbox"),
    "notices": ("/notices", "notices"),
    "board": ("/", "board"),
    "promises": ("/commitments", "commitments"),
    "units": ("/units", "units"),
    "key topics": ("/topics", "topics"),
    "statistics": ("/statistics", "statistics"),
    "conferences": ("/conferences", "conferences"),
    "audit search": ("/audit", "audit"),
    "operations": ("/operations", "operations"),
    "public site": ("/public", "public"),
}


def menu(viewer: Viewer, words: Wording) -> list[tuple[str, str]]:
    """The pages that somebody may open, with their addresses."""
    return [(words.name("page", name), path) for name, (path, view) in PAGES.items() if opens(viewer, view)]
