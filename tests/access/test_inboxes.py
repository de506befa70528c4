import pytest

from duban.access.inboxes import inboxes_of
from duban.access.viewer import PUBLIC, Role, Viewer
from projections.inbox import Audience


@pytest.mark.parametrize(
    ("viewer", "inboxes"),
    [
        (Viewer("a", frozenset({Role.AFFAIRS_COMMISSION}), "npc"), [(Audience.COMMISSION, "npc")]),
        (Viewer("a", frozenset({Role.CHAIRPERSONS_OFFICE}), "npc"), [(Audience.COMMISSION, "npc")]),
        (Viewer("a", frozenset({Role.UNIT_HANDLER}), "npc", unit="甲"), [(Audience.UNIT, "甲")]),
        (Viewer("a", frozenset({Role.DEPUTY}), "npc", deputy="张三"), [(Audience.DEPUTY, "张三")]),
        (
            Viewer("a", frozenset({Role.DELEGATION_STAFF}), "npc", delegation="乙代表团"),
            [(Audience.DEPUTY, "乙代表团")],
        ),
        (
            Viewer("a", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee="丙委"),
            [(Audience.COMMITTEE, "丙委")],
        ),
        (Viewer("a", frozenset({Role.AUDITOR}), "npc", unit="甲", deputy="张三", committee="丙委"), []),
        (PUBLIC, []),
    ],
)
def test_a_viewer_has_the_inboxes_of_their_roles_and_no_others(
    viewer: Viewer, inboxes: list[tuple[Audience, str | None]]
) -> None:
    assert inboxes_of(viewer) == inboxes
