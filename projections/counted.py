"""What is counted: each figure above the tables of the report, as the condition by which its cases are listed too."""

from collections.abc import Mapping
from typing import Final

from projections.asof import held

TOTALS: Final[Mapping[str, str]] = {  # of rows of the board
    "cases": "true",
    "suggestions": "kind = 'suggestion'",
    "motions": "kind = 'motion'",
    "former_motions": "motion is not null",
    "between_sessions": "not in_session",
    "by_delegation": "by_delegation",
    "ended_without_handling": "ended_as is not null",
    "merged": "merged_into is not null",
    "under_key_supervision": "cardinality(key_topics) > 0",
    "concluded": "stage in ('concluded', 'following-up')",
    "unclassified": "subject is null",
}
NAMED: Final[
    Mapping[str, tuple[str, str]]
] = {  # how many different ones: of what, in which rows of the board
    "lead_deputies": ("lead_deputy", "lead_deputy is not null"),
    "lead_units": ("lead_unit", "lead_unit is not null"),
    "delegations": ("delegation", "by_delegation and delegation is not null"),
}
REPLIES: Final[Mapping[str, str]] = {  # of the parts that units have in the cases
    "replies_due": "owes",
    "replies_given": "owes and not owing",
    "replies_late": "answered_late",
    "reclassified": "first_category <> category",
    "satisfied": "result = 'satisfied'",
    "basically_satisfied": "result = 'basically-satisfied'",
    "not_satisfied": "result = 'not-satisfied'",
    "attitude_satisfied": "attitude = 'satisfied'",
    "attitude_rated": "attitude is not null",
    "not_returned": "feedback = 'lapsed'",
    "replies_after_contact": "contacted and owes and replies > 0",
    "rehandlings": "rehandled > 0",  # the figure adds up how often
}
FIGURES: Final = frozenset({*TOTALS, *NAMED, *REPLIES})


def condition(figure: str, as_of: int | None) -> str:
    """The rows of the board that a figure counts."""
    if figure in TOTALS:
        return TOTALS[figure]
    if figure in NAMED:
        return NAMED[figure][1]
    return f"case_id in (select case_id from p_unit_work_v1 where {held(as_of)} and {REPLIES[figure]})"
