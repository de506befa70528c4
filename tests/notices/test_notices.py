from typing import Any

import asyncpg
import pytest

from domain.suggestion.feedback import FeedbackGiven
from domain.suggestion.supervision import BecameOverdue, Reminded
from domain.vocabulary import Satisfaction
from duban.notices.contacts import Contacts, NotAnAddress
from duban.notices.inbox import Inbox, NobodyOfThatName, recipient_of
from duban.notices.notifier import Notifier
from duban.notices.rules import Party, Recipient, recipients
from duban.wording.wording import wording
from tests.domain.cases import ANSWER, ASSIGN, LEAD, MARA, given, submit
from tests.engine import people, with_npc
from tests.entrypoints.command_line import duban
from tests.entrypoints.season import small_season
from tests.wording.examples import example

UNIT, COMMISSION = Recipient(Party.UNIT, MARA), Recipient(Party.COMMISSION, "npc")


def test_a_unit_is_not_told_a_rating_and_the_commission_is_when_somebody_is_displeased() -> None:
    case = given(submit(), ASSIGN, LEAD, ANSWER)
    bad, good = (
        example(FeedbackGiven, unit=MARA, ordinal=1, result=r)
        for r in (Satisfaction.NOT_SATISFIED, Satisfaction.SATISFIED)
    )

    assert recipients(case, bad) == (COMMISSION,)
    assert recipients(case, good) == ()


@pytest.mark.parametrize(
    ("rung", "also"),
    [(None, ()), ("commission", (COMMISSION,)), ("chairpersons", (Recipient(Party.CHAIRPERSONS, "npc"),))],
)
def test_a_reminder_reaches_who_owes_and_the_rung_of_the_ladder(
    rung: str | None, also: tuple[Any, ...]
) -> None:
    case = given(submit(), ASSIGN, LEAD)

    assert recipients(case, example(Reminded, rule="answer", about=MARA, to=rung)) == (UNIT, *also)
    assert recipients(case, example(BecameOverdue, rule="answer", about=MARA)) == (UNIT, COMMISSION)


def test_what_was_only_reconstructed_is_told_to_nobody() -> None:
    case = given(submit(), ASSIGN, LEAD)

    assert recipients(case, example(Reminded, rule="answer", about=MARA, reconstructed="by date")) == ()


@pytest.mark.postgres
async def test_taken_twice_or_cut_anywhere_a_log_causes_the_same_notices(pool: asyncpg.Pool) -> None:
    engine = await small_season(pool)
    notifier, inbox = Notifier(engine.log, pool), Inbox(pool, engine.log)
    events = await engine.log.read_all()

    await notifier.take(events)
    whole = await pool.fetch("select * from notice order by notice_id")
    await pool.execute("delete from notice where position > 5")
    for start in range(0, len(events), 3):
        await notifier.take(events[start : start + 3])

    assert await pool.fetch("select * from notice order by notice_id") == whole
    assert await notifier.cursor() == events[-1].position
    told = await inbox.find(UNIT, wording("en"))
    assert [one["event_type"] for one in told][-1] == "suggestion.reassigned"
    assert not any(one["event_type"] == "suggestion.feedback-given" for one in told)
    assert await inbox.mark_read(UNIT, told[0]["position"]) == len(told)
    assert await inbox.find(UNIT, wording("zh"), unread=True) == []


@pytest.mark.postgres
async def test_an_address_that_cannot_be_written_to_is_refused(pool: asyncpg.Pool) -> None:
    contacts = Contacts(pool)
    for email in ("", "office", "a@b\r\nBcc: x@y", "a b@c", "@c"):
        with pytest.raises(NotAnAddress):
            await contacts.put("npc", UNIT, email, "zh")
    await contacts.put("npc", UNIT, "office@example.org", "en")

    assert [(c["who"], c["lang"]) for c in await contacts.all()] == [(MARA, "en")]
    with pytest.raises(NobodyOfThatName):
        recipient_of("ministry:x")


@pytest.mark.postgres
async def test_a_title_that_looks_like_markup_is_printed_as_it_is(pool: asyncpg.Pool, database: str) -> None:
    engine = await with_npc(pool)
    await engine.commands.submit(submit(title="[/b] [red]关于[/red]的建议"), people())
    await Notifier(engine.log, pool).take(await engine.log.read_all())

    listed = await duban(database, "notices", "list", "--to", "commission:npc")

    assert listed.exit_code == 0
    assert "[/b] [red]关于[/red]的建议" in listed.stdout
