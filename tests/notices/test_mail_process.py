"""The notifier as a process: killed between the sending of a mail and the note of it, and told to stop."""

import asyncio
import signal

import asyncpg
import pytest

from duban.notices.notifier import Notifier
from duban.notices.queue import Gathering, Queue
from duban.notices.rules import Party, Recipient
from tests.engine import with_npc
from tests.notices.mailbox import mailbox, text_of
from tests.notices.processes import WITHIN, notifier
from tests.notices.reminders import reminded
from tests.notices.test_mail import KEY, NOW, postman, reached, told

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool


async def test_killed_between_sending_and_noting_it_the_notifier_repeats_the_mail_under_the_same_key(
    pool: Pool, database: str
) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await reminded(engine.log, 3, ["农业农村部"])
    await told(pool, engine)
    await Queue(pool, gathering=Gathering(NOW, NOW, NOW)).open()
    running: list[asyncio.subprocess.Process] = []
    deadly = signal.SIGKILL

    def taken(_: int) -> str:
        """The mail is in the box; whoever sent it will not hear of it."""
        running[-1].send_signal(deadly)
        return "250 OK"

    async with mailbox(taken) as box:
        running.append(await notifier(database, DUBAN_SMTP_URL=box.url, DUBAN_SMTP_FROM="duban@example.org"))
        assert await asyncio.wait_for(running[-1].wait(), WITHIN) == -signal.SIGKILL
        assert await pool.fetchval("select count(*) from notice_delivery where delivered_at is not null") == 0
        await pool.execute("update notice_delivery set try_at = clock_timestamp()")  # its minute is over

        deadly = signal.SIGTERM  # now in the middle of a mail, which is finished first
        running.append(await notifier(database, DUBAN_SMTP_URL=box.url, DUBAN_SMTP_FROM="duban@example.org"))
        assert await asyncio.wait_for(running[-1].wait(), WITHIN) == 0

    first, second = box.taken
    assert first[KEY] == second[KEY]
    assert first["Message-ID"] == second["Message-ID"]
    assert text_of(first) == text_of(second)
    assert await pool.fetchval("select count(*) from notice_delivery where delivered_at is not null") == 1


async def test_nine_thousand_reminders_of_a_day_are_one_mail_for_each_of_two_hundred_units(
    pool: Pool,
) -> None:
    engine = await with_npc(pool)
    units = [f"单位{number}" for number in range(200)]
    for number, unit in enumerate(units):
        await reached(
            pool, Recipient(Party.UNIT, unit), f"u{number}@example.org", "en" if number % 2 else "zh"
        )
    await reminded(engine.log, 9_000, units)
    follower = Notifier(engine.log, pool)
    async with mailbox() as box:
        sending = postman(pool, engine, box)
        async for batch in engine.log.scan(await follower.cursor(), limit=500):
            await follower.take(list(batch))
        for _ in range(2):
            await sending.round()
        await reminded(
            engine.log, 200, units, first=9_000
        )  # two hundred more, after the digests of the day have left
        await told(pool, engine)
        await sending.round()

    assert len(box.taken) == len({mail["To"] for mail in box.taken}) == 200
    assert len({mail[KEY] for mail in box.taken}) == 200
    told_in_all = [ref for mail in box.taken for ref in text_of(mail).split() if ref.startswith("npc/14-2/")]
    assert sorted(told_in_all) == sorted(f"npc/14-2/{number}" for number in range(9_000))
    tomorrow = await pool.fetch("select day, try_at from notice_delivery where sealed_at is null")
    assert len(tomorrow) == 200
    assert {(row["try_at"].astimezone().utctimetuple().tm_hour) for row in tomorrow} == {
        0
    }  # eight in the morning
