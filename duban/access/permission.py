"""Permission: the questions that every face puts to the policy before it does or shows anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.key_topic import KeyTopic
from domain.motion import Motion
from duban.access.policy import (
    ACTS,
    ALSO_BY,
    MADE,
    OF_OTHERS,
    ON_PROMISES,
    SEES_CASE,
    SEES_CONFIDENTIAL,
    UNITS,
    VIEWS,
)
from duban.access.viewer import (
    UNIT_STAFF,
    Case,
    NotInYourName,
    NotYours,
    Relation,
    Role,
    Viewer,
    by_policy,
    named,
    relations,
)

ANYBODY = frozenset({Role.AFFAIRS_COMMISSION, Role.CHAIRPERSONS_OFFICE})  # act in the name of their office


@dataclass(frozen=True, slots=True)
class Sight:
    """What a viewer sees of a case."""

    case: bool  # anything at all
    whole: bool = False  # all that was recorded; else what was decided public
    identity: bool = False  # the names of those who made it
    hidden_ratings: frozenset[str] = frozenset()  # units whose ratings are not to be seen yet


NOTHING = Sight(case=False)


def may(viewer: Viewer, act: str, case: Case) -> bool:
    """Whether somebody may perform an act of the catalogue, such as `suggestion.answer`, on a case."""
    return bool(_acting(viewer, act, case))


def ensure_may(viewer: Viewer, act: str, case: Case, said: Mapping[str, Any] | None = None) -> None:
    """Refuses who may not act, and who acts in the name of another."""
    roles = _acting(viewer, act, case)
    if not roles:
        raise NotYours(account=viewer.name, what=act)
    if roles & ANYBODY or said is None:
        return
    refused: NotInYourName | None = None
    for role in sorted(roles):
        refused = _not_own(viewer, role, act.partition(".")[2], case, said)
        if refused is None:
            return
    if refused is not None:
        raise refused


def _acting(viewer: Viewer, act: str, case: Case) -> frozenset[Role]:
    held = relations(viewer, case)
    roles = by_policy(ACTS[act], viewer, held)
    return roles if not case.confidential or sees(viewer, case).whole else frozenset()


def _not_own(
    viewer: Viewer, role: Role, act: str, case: Case, said: Mapping[str, Any]
) -> NotInYourName | None:
    """The refusal, where a role would act in the name of another."""
    for field, own in in_name(viewer, role, act, said).items():
        if own not in named(said, field):
            return NotInYourName(field=field, own=own or "-")
    if role in UNIT_STAFF and act in ON_PROMISES:
        wanted = named(said, "commitment")
        owners = {owner for name, owner in (case.owners or {}).items() if not wanted or name in wanted}
        if owners - {viewer.unit}:
            return NotInYourName(field="commitment", own=viewer.unit or "-")
    return None


def in_name(viewer: Viewer, role: Role, act: str, said: Mapping[str, Any]) -> dict[str, str | None]:
    """Fields that say in whose name a role acts, and what they have to say."""
    if role in UNIT_STAFF:
        of_unit = [field for field in UNITS if said.get(field)]
        return {field: viewer.unit for field in of_unit if field != "unit" or act not in OF_OTHERS}
    if role is Role.DELEGATION_STAFF:
        return {"delegation": viewer.delegation} if act in MADE else {}
    if role is Role.DEPUTY:
        fields = [field for field in ("deputy", "movers") if said.get(field)]
        fields += ["by"] if act in ALSO_BY else []
        fields += [MADE[act]] if act in MADE else []
        return dict.fromkeys(fields, viewer.deputy)
    return {}


def sees(viewer: Viewer, case: Case) -> Sight:
    """What somebody sees of a case: all of it, what is public, or nothing."""
    held = relations(viewer, case)
    roles = by_policy(SEES_CONFIDENTIAL if case.confidential else SEES_CASE, viewer, held)
    if not roles:
        public = Relation.PUBLIC in held
        return Sight(case=True, identity=not case.protected) if public else NOTHING
    return Sight(
        case=True,
        whole=True,
        identity=not case.protected or not roles <= UNIT_STAFF | {Role.SUPERVISING_COMMITTEE},
        hidden_ratings=frozenset() if roles - UNIT_STAFF or case.concluded else case.units,
    )


def opens(viewer: Viewer, view: str) -> bool:
    """Whether somebody may open a view at all."""
    return bool(viewer.roles & VIEWS[view])


def ensure_opens(viewer: Viewer, view: str) -> None:
    if not opens(viewer, view):
        raise NotYours(account=viewer.name, what=view)


def case_of_topic(topic: KeyTopic) -> Case:
    """A key topic, as access sees it."""
    return Case(topic.congress, committees=frozenset({topic.committee} if topic.committee else ()))


def case_of_motion(motion: Motion) -> Case:
    """A motion, as access sees it."""
    return Case(
        motion.congress,
        units=frozenset(motion.opinions_asked),
        signatories=frozenset(motion.movers),
        delegation=motion.delegation,
        committees=frozenset({motion.committee} if motion.committee else ()),
    )


def case_to_be(viewer: Viewer, congress: str) -> Case:
    """What is not handed in yet: whoever hands it in is who made it."""
    made_by = frozenset({viewer.deputy} if viewer.deputy else ())
    return Case(congress, signatories=made_by, delegation=viewer.delegation)
