import re
from typing import Any

from typer.main import get_command

from duban.entrypoints.cli.main import app
from tests.wording.messages import refusals

HINT = re.compile(r"`duban ([^`]*)`")


def test_every_command_that_a_refusal_names_can_be_typed() -> None:
    group = get_command(app)
    hints = {hint for refusal in refusals() for text in refusal.texts() for hint in HINT.findall(text)}

    assert len(hints) > 20
    assert [hint for hint in sorted(hints) if not _known(group, hint.split())] == []


def _known(command: Any, words: list[str]) -> bool:
    """Whether the words lead to a command, and each option is one of its own."""
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if getattr(command, "commands", None) and words:
        return False
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return all(word in options for word in words if word.startswith("--"))
