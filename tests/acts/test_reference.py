"""The reference of acts, held to the catalogue and the policy; only the articles are written by hand."""

from pathlib import Path

from duban.access import policy as access_policy
from duban.acts.catalogue import ACTS
from duban.wording.wording import wording

PAGE = Path(__file__).parents[2] / "docs/reference/acts.md"
POLICIES = {
    "suggestion": access_policy.ON_SUGGESTIONS,
    "topic": access_policy.ON_TOPICS,
    "motion": access_policy.ON_MOTIONS,
}
PREFIX = {"suggestion": "", "topic": "topic ", "motion": "motion "}


def rows() -> dict[str, tuple[str, ...]]:
    """What the page should say of each act: its command, its names, and who may take it."""
    zh, en = wording("zh"), wording("en")
    found: dict[str, tuple[str, ...]] = {}
    for key, act in ACTS.items():
        roles = POLICIES[act.subject][act.name]
        who = ", ".join(role.value.replace("-", " ") for role in roles)
        found[key] = (f"`{PREFIX[act.subject]}{act.name}`", zh.text(act.title), en.text(act.title), who)
    return found


def on_the_page() -> dict[str, tuple[str, ...]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    return {
        line.split("|")[1].strip(): tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in lines
    }


def test_the_page_says_of_every_act_what_it_is_called_who_takes_it_and_by_which_article() -> None:
    page = on_the_page()

    assert {row[0]: row for row in rows().values()} == {name: cells[:4] for name, cells in page.items()}
    assert [name for name, cells in page.items() if not cells[4]] == []
