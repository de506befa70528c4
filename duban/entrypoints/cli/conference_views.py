"""Conferences as they are printed: for people, and as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from domain.conference import AssignmentConference
from domain.vocabulary import Role
from duban.conferences.sheet import Fault
from duban.entrypoints.cli.support import errors, language, output, print_json

if TYPE_CHECKING:
    from duban.conferences.preview import Preview
    from duban.wording.wording import Wording

SHOWN = 20  # names of a list that a person is shown; JSON has all


def shown(conference: AssignmentConference) -> dict[str, Any]:
    return {
        "conference": conference.name,
        "status": conference.status.value,
        "sheet": conference.sheet,
        "cases": conference.cases,
        "assigned": len(conference.assigned),
        "refused": len(conference.refused),
        "pending": conference.pending,
        "started_at": conference.started_at,
        "finished_at": conference.finished_at,
        "version": conference.version,
    }


def print_conference(conference: AssignmentConference, as_json: bool) -> None:
    if as_json:
        print_json(shown(conference))
        return
    said = _words().text(
        "{conference}: {status}; {cases} cases, {assigned} assigned, {refused} refused, {pending} to go",
        **shown(conference) | {"status": _words().name("conference", conference.status.value)},
    )
    output.print(said, markup=False)


def print_faults(faults: Sequence[Fault], as_json: bool) -> None:
    """Every fault of a sheet, with its row and column."""
    words = _words()
    if as_json:
        print_json(
            {
                "faults": [
                    {
                        "row": fault.row,
                        "column": fault.column,
                        "fault": type(fault.refusal).__name__,
                        "reason": words.refusal(fault.refusal),
                    }
                    for fault in faults
                ]
            }
        )
        return
    for fault in faults:
        where = words.text("row {row}, {column}: {reason}", row=fault.row, column=fault.column,
                           reason=words.refusal(fault.refusal))  # fmt: skip
        errors.print(where, markup=False)
    said = words.many("{n} fault; nothing is prepared.", "{n} faults; nothing is prepared.", len(faults))
    errors.print(said, style="bold", markup=False)


def print_preview(conference: AssignmentConference, preview: "Preview", as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **shown(conference),
                "loads": [
                    {"unit": load.unit, **{role.value: load.by_role.get(role, 0) for role in Role},
                     "total": load.total}
                    for load in preview.loads
                ],
                "units_without_a_case": list(preview.units_without_a_case),
                "not_on_the_sheet": list(preview.not_on_the_sheet),
                "same_title": [list(refs) for refs in preview.same_title],
            }
        )  # fmt: skip
        return
    print_conference(conference, as_json=False)
    words = _words()
    for load in preview.loads:
        roles = [f"{words.role(role.value)} {load.by_role[role]}" for role in Role if role in load.by_role]
        output.print(f"{load.total:>6}  {load.unit}  ({words.listed(roles)})", markup=False)
    _print_some(words, words.text("Units without a case:"), preview.units_without_a_case)
    _print_some(words, words.text("Registered, but not on the sheet:"), preview.not_on_the_sheet)
    twins = [" = ".join(refs) for refs in preview.same_title]
    _print_some(words, words.text("Of the same title:"), twins)


def print_refused(conference: AssignmentConference, as_json: bool) -> None:
    from duban.wording.refused_cases import reason_of

    words = _words()
    refused = [
        {"ref": case.ref, "case_id": case.case_id, "refusal": case.refusal,
         "reason": reason_of(case, words)}
        for case in conference.refused
    ]  # fmt: skip
    if as_json:
        print_json({"conference": conference.name, "refused": refused})
        return
    print_conference(conference, as_json=False)
    for line in refused:
        output.print(f"{line['ref']}: {line['reason']}", markup=False)


def _print_some(words: "Wording", title: str, things: Sequence[str]) -> None:
    if not things:
        return
    more = len(things) - SHOWN
    said = words.listed([*things[:SHOWN], *([words.text("and {n} more", n=more)] if more > 0 else [])])
    output.print(f"{title} {said}", markup=False)


def _words() -> "Wording":
    from duban.wording.wording import wording  # catalogues are read only when there is something to say

    return wording(language())
