from domain.access import access_stream


def test_every_look_has_a_stream_of_its_own_in_its_congress() -> None:
    first, second = access_stream("npc", "1"), access_stream("npc", "2")

    assert (first, second) == ("access/npc/1", "access/npc/2")
