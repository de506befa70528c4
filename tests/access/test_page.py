from collections.abc import Mapping
from pathlib import Path

from duban.access.policy import ACTS, VIEWS
from duban.access.viewer import Relation, Role

PAGE = Path(__file__).parents[2] / "docs/reference/access.md"


def acts_table() -> str:
    """The acts as the page shows them."""
    lines = ["| act | who may, on what is theirs by |", "|---|---|"]
    lines += [f"| `{act}` | {_who(policy)} |" for act, policy in ACTS.items()]
    return "\n".join(lines)


def views_table() -> str:
    lines = ["| view | roles |", "|---|---|"]
    for view, roles in VIEWS.items():
        named = "everybody" if roles == frozenset(Role) else ", ".join(sorted(roles))
        lines.append(f"| {view} | {named} |")
    return "\n".join(lines)


def _who(policy: Mapping[Role, frozenset[Relation]]) -> str:
    return "; ".join(f"{role} ({', '.join(sorted(held))})" for role, held in sorted(policy.items()))


def test_the_page_for_people_says_what_the_policy_says() -> None:
    page = PAGE.read_text("utf-8")

    assert acts_table() in page
    assert views_table() in page
