from domain.delivery import delivery_stream


def test_every_delivery_has_a_stream_of_its_own_in_its_congress() -> None:
    first, second = delivery_stream("npc", "1"), delivery_stream("npc", "2")

    assert (first, second) == ("notice/npc/1", "notice/npc/2")
