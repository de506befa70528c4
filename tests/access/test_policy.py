import pytest

from duban.access.permission import ensure_may, may, sees
from duban.access.policy import ACTS, VIEWS
from duban.access.viewer import Case, NotInYourName, NotYours, Role, Viewer
from duban.acts import catalogue
from tests.access.people import COMMITTEE, DEPUTY, VIEWERS
from tests.domain.cases import MARA

OWN = Case(
    "npc", units=frozenset({MARA}), leads=frozenset({MARA}), signatories=frozenset({DEPUTY}),
    delegation="甘肃代表团", committees=frozenset({COMMITTEE}), owners={"c1": MARA},
)  # fmt: skip
FOREIGN = Case("npc", units=frozenset({"财政部"}), signatories=frozenset({"李代表"}), delegation="河北代表团")


def test_the_policy_knows_every_act_and_no_other() -> None:
    assert set(ACTS) == set(catalogue.ACTS)


def test_nobody_is_given_an_act_by_being_the_public_an_operator_or_an_auditor() -> None:
    onlookers = {Role.PUBLIC, Role.OPERATOR, Role.AUDITOR}

    assert not [act for act, policy in ACTS.items() if onlookers & set(policy)]


def test_a_handling_unit_can_never_rate() -> None:
    for name in ("unit-coordinator", "unit-handler", "unit-signatory"):
        for act in ("suggestion.feedback", "suggestion.rate-fulfilment"):
            assert not may(VIEWERS[name], act, OWN)


@pytest.mark.parametrize("name", VIEWERS)
def test_who_acts_on_their_own_case_may_not_on_that_of_others(name: str) -> None:
    viewer = VIEWERS[name]
    if viewer.roles & {Role.AFFAIRS_COMMISSION, Role.CHAIRPERSONS_OFFICE}:
        return

    assert not [act for act in ACTS if may(viewer, act, FOREIGN)]


def test_of_another_congress_everybody_is_the_public() -> None:
    elsewhere = Case("马关县", units=frozenset({MARA}), signatories=frozenset({DEPUTY}))

    for viewer in VIEWERS.values():
        assert not [act for act in ACTS if may(viewer, act, elsewhere)]
        assert not sees(viewer, elsewhere).case


IN_THE_NAME_OF_OTHERS = [
    ("unit-signatory", "suggestion.answer", {"unit": "财政部"}),
    ("unit-handler", "suggestion.contact", {"unit": "财政部"}),
    ("deputy", "suggestion.feedback", {"unit": MARA, "by": "李代表"}),
    ("deputy", "suggestion.confirm-signature", {"deputy": "李代表"}),
    ("deputy", "suggestion.submit", {"lead_deputy": "李代表"}),
    ("deputy", "suggestion.submit", {}),
    ("delegation-staff", "suggestion.submit", {"delegation": "河北代表团"}),
]


@pytest.mark.parametrize(("name", "act", "said"), IN_THE_NAME_OF_OTHERS)
def test_nobody_acts_in_the_name_of_another(name: str, act: str, said: dict[str, str]) -> None:
    with pytest.raises(NotInYourName):
        ensure_may(VIEWERS[name], act, OWN, said)


def test_a_promise_is_kept_or_given_up_by_the_unit_that_made_it() -> None:
    shared = Case("npc", units=frozenset({MARA, "财政部"}), owners={"c1": "财政部"})

    with pytest.raises(NotInYourName):
        ensure_may(VIEWERS["unit-handler"], "suggestion.fulfil", shared, {"commitment": "c1"})


def test_the_commission_speaks_for_everybody_of_its_congress() -> None:
    ensure_may(VIEWERS["affairs-commission"], "suggestion.feedback", OWN, {"by": "李代表"})

    with pytest.raises(NotYours):
        ensure_may(VIEWERS["affairs-commission"], "suggestion.feedback", Case("马关县"), {"by": "李代表"})


def test_a_committee_sees_confidential_cases_of_its_topics_but_not_of_its_field() -> None:
    watching = Viewer(
        "w", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee=COMMITTEE, fields=frozenset({MARA})
    )
    by_topic = Case("npc", committees=frozenset({COMMITTEE}), confidential=True)
    by_field = Case("npc", units=frozenset({MARA}), confidential=True)

    assert sees(watching, by_topic).whole
    assert not sees(watching, by_field).case
    assert sees(watching, Case("npc", units=frozenset({MARA}))).whole


def test_every_view_is_open_to_somebody_and_names_known_roles_only() -> None:
    assert all(roles and roles <= set(Role) for roles in VIEWS.values())
