import json
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest

from domain.delivery import DeliveryFailed
from domain.suggestion import assignment, intake, publication, signatories
from domain.vocabulary import Role
from duban.notices.backoff import Backoff
from duban.notices.contacts import Contacts
from duban.notices.letter import Letters
from duban.notices.mail_server import Tls, mail_server
from duban.notices.notifier import Notifier
from duban.notices.postman import AT_ONCE, Office, Postman
from duban.notices.queue import Gathering, Mail, Queue
from duban.notices.rules import Party, Recipient
from duban.notices.smtp import Smtp
from duban.settings import SettingRefused, read_settings
from duban.wording.wording import wording
from tests.domain.cases import MARA, on, submit
from tests.engine import Engine, people, with_npc
from tests.entrypoints.command_line import done, duban
from tests.notices.mailbox import Mailbox, mailbox, text_of
from tests.wording.examples import recorded

pytestmark = pytest.mark.postgres

NOW = timedelta(0)
UNIT = Recipient(Party.UNIT, MARA)
COMMISSION = Recipient(Party.COMMISSION, "npc")
KEY = "Duban-Delivery"
KEPT_SECRET = "Something was recorded in this case, which is confidential. Sign in to read it."
Pool = asyncpg.Pool


def postman(pool: Pool, engine: Engine, box: Mailbox | None, tries: int = 3) -> Postman:
    """A postman that does not wait between tries; nothing gathers."""
    queue = Queue(pool, Backoff([NOW] * (tries - 1)), Gathering(NOW, NOW, NOW))
    if box is None:
        return Postman(pool, queue, None)
    letters = Letters(engine.log, Address("督办", addr_spec="duban@example.org"), "https://duban.example.org")
    return Postman(pool, queue, Office(Smtp(mail_server(box.url)), "duban@example.org", letters, 0.0))


async def told(pool: Pool, engine: Engine) -> None:
    notifier = Notifier(engine.log, pool)
    await notifier.take(await engine.log.read_all(after=await notifier.cursor(), limit=100_000))


async def sub_assigned(
    engine: Engine, number: str = "3973", title: str = "关于循环农业的建议", **facts: Any
) -> str:
    """A case in which a unit is told that it has a part."""
    said = submit(case_id=f"0190b0a0-0000-7000-8000-{int(number):012d}", number=number, title=title, **facts)
    done = await engine.commands.submit(said, people())
    await engine.commands.handle(
        done.case.ref, people(), assignment.Assign(to="国务院", at=on("2024-04-02")),
        assignment.SubAssign(unit=MARA, role=Role.LEAD, at=on("2024-04-02")),
    )  # fmt: skip
    return done.case.ref


async def given_up(engine: Engine) -> list[DeliveryFailed]:
    """What the log says was given up."""
    events = await engine.log.read_all(limit=1000)
    return [r.body for r in events if isinstance(r.body, DeliveryFailed)]


async def reached(
    pool: Pool, to: Recipient = UNIT, email: str = "office@example.org", lang: str = "zh"
) -> None:
    await Contacts(pool).put("npc", to, email, lang)


def _claimed(mail: Mail | None) -> Mail:
    assert mail is not None
    return mail


@pytest.mark.parametrize(("lang", "said"), [("zh", "致农业农村部"), ("en", "To 农业农村部:")])
async def test_a_unit_is_written_to_once_in_its_language_with_the_case_and_where_it_is(
    pool: Pool, lang: str, said: str
) -> None:
    engine = await with_npc(pool)
    await reached(pool, lang=lang)
    ref = await sub_assigned(engine)
    await told(pool, engine)

    async with mailbox() as box:
        for _ in range(2):
            await postman(pool, engine, box).round()

    (mail,) = box.taken
    assert box.recipients == ["office@example.org"]
    assert mail["Message-ID"] == f"<{mail[KEY]}@example.org>"
    assert ref in mail["Subject"]
    for kind in ("plain", "html"):
        body = text_of(mail, kind)
        assert said in body
        assert "关于循环农业的建议" in body
        assert "https://duban.example.org/case/npc/14-2/3973" in body
        assert wording(lang).role("lead") in body
    assert await pool.fetchval("select count(*) from notice where delivery::text = $1", mail[KEY]) == 1


async def test_a_server_that_refuses_for_a_while_gets_the_same_mail_under_the_same_key(pool: Pool) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await sub_assigned(engine)
    await told(pool, engine)

    async with mailbox(lambda before: "250 OK" if before == 2 else "451 try later") as box:
        await postman(pool, engine, box).round()

    assert len(box.tried) == 3
    assert len({mail["Message-ID"] for mail in box.tried}) == 1
    assert len({text_of(mail) for mail in box.tried}) == 1
    assert len(box.taken) == 1
    assert await pool.fetchval("select count(*) from notice_delivery where given_up_at is not null") == 0


async def test_a_mail_that_is_repeated_says_the_same_though_the_case_was_numbered_meanwhile(
    pool: Pool,
) -> None:
    engine = await with_npc(pool)
    await reached(pool, COMMISSION)
    done = await engine.commands.submit(
        submit(number=None, co_signers=("马代表",), lead_deputy="黄代表"), people()
    )
    await told(pool, engine)
    queue = Queue(pool, Backoff([NOW]), Gathering(NOW, NOW, NOW))
    letters = Letters(engine.log, Address("督办", addr_spec="duban@example.org"), "https://duban.example.org")
    await queue.open()
    (delivery,) = await queue.due(2)

    first = await letters.of(_claimed(await queue.claim(delivery)))
    signed = signatories.ConfirmCoSignature(deputy="马代表", at=on("2024-03-09"))
    numbered = intake.Register(number="7", at=on("2024-03-10"))
    await engine.commands.handle(done.case.ref, people(), signed, numbered)
    again = await letters.of(_claimed(await queue.claim(delivery)))

    assert first["Subject"] == again["Subject"]
    assert text_of(first) == text_of(again)
    assert text_of(first, "html") == text_of(again, "html")
    assert done.case.ref in text_of(again)


async def test_what_is_refused_for_ever_is_given_up_with_an_event_that_holds_no_address(pool: Pool) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await sub_assigned(engine)
    await told(pool, engine)
    position = await pool.fetchval("select position from notice where who = $1", MARA)

    async with mailbox(lambda _: "550 no such user office@example.org") as box:
        for _ in range(2):
            await postman(pool, engine, box, tries=3).round()

    failed = await given_up(engine)
    assert len(box.tried) == 3
    assert [(f.to, f.tries, f.cause, f.positions) for f in failed] == [
        (f"unit:{MARA}", 3, "SMTP 550", (position,))
    ]
    assert failed[0].delivery == box.tried[0][KEY]
    assert "office@example.org" not in failed[0].model_dump_json()
    assert "放弃" in wording("zh").event_sentence(recorded(failed[0]))


async def test_a_server_out_of_reach_stops_the_round_and_costs_the_others_no_try(pool: Pool) -> None:
    engine = await with_npc(pool)
    for number in range(20):
        await reached(pool, Recipient(Party.DEPUTY, f"代表{number}"), f"d{number}@example.org")
        await sub_assigned(engine, str(100 + number), lead_deputy=f"代表{number}")
    await told(pool, engine)
    async with mailbox() as gone:
        pass

    assert await postman(pool, engine, gone).round()

    assert 1 <= await pool.fetchval("select count(*) from notice_delivery where tries > 0") <= AT_ONCE


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_no_mail_holds_the_title_or_the_content_of_a_confidential_case(pool: Pool, lang: str) -> None:
    engine = await with_npc(pool)
    for to in (UNIT, COMMISSION):
        await reached(pool, to, lang=lang)
    ref = await sub_assigned(engine, title="关于绝密甲的建议", text="绝密乙")
    await told(pool, engine)
    await engine.commands.handle(  # what was told before it was asked for is still to leave
        ref, people(), publication.RequestConfidentiality(by="张代表", reason="绝密丙", at=on("2024-07-01"))
    )
    await told(pool, engine)

    async with mailbox() as box:
        await postman(pool, engine, box).round()

    assert len(box.taken) == 2
    for mail in box.taken:
        whole = mail["Subject"] + text_of(mail) + text_of(mail, "html")
        assert "绝密" not in whole
        assert ref in whole
        assert wording(lang).text(KEPT_SECRET) in text_of(mail)


async def test_hostile_words_in_a_title_are_harmless(pool: Pool) -> None:
    engine = await with_npc(pool)
    await reached(pool, lang="en")
    title = '<script>alert(1)</script>\u202e{n} "&" =?utf-8?q?x?= Bcc: all@example.org ' + "长" * 100
    await sub_assigned(engine, title=title)
    await told(pool, engine)
    await pool.execute("update notice set ref = ref || E'\\r\\nBcc: all@example.org'")

    async with mailbox() as box:
        await postman(pool, engine, box).round()

    (mail,) = box.taken
    assert mail["Bcc"] is None
    assert box.recipients == ["office@example.org"]
    assert "\u202e" not in mail["Subject"]
    assert "<script>" not in text_of(mail, "html")
    assert "&lt;script&gt;" in text_of(mail, "html")
    assert mail.defects == []


async def test_without_a_mail_server_mails_wait_and_what_gathers_leaves_as_one(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await postman(pool, engine, None).round()
    for number in ("101", "102", "103"):
        await sub_assigned(engine, number)
        await told(pool, engine)
        await postman(pool, engine, None).round()

    listed = await done(database, "notices", "mails", DUBAN_SMTP_URL="")
    said = (await duban(database, "notices", "mails", lang="zh")).stdout
    examined = json.loads((await duban(database, "doctor", "--json", DUBAN_HOME=str(tmp_path))).stdout)
    async with mailbox() as box:
        await postman(pool, engine, box).round()

    assert (listed["mail_server"], listed["waiting"], listed["mails"][0]["notices"]) == (False, 1, 3)
    assert "尚未设置邮件服务器" in said
    assert [(f["fine"], f["said"]) for f in examined["findings"] if f["check"] == "mail"] == [
        (False, "1 mails wait: no mail server is set")
    ]
    (mail,) = box.taken
    assert all(f"npc/14-2/{number}" in text_of(mail) for number in (101, 102, 103))


async def test_a_mail_that_was_given_up_is_shown_and_sent_again_under_its_key(
    pool: Pool, database: str, tmp_path: Path
) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await sub_assigned(engine)
    await told(pool, engine)
    async with mailbox(lambda _: "550 no [/b] [red]") as refusing:
        await postman(pool, engine, refusing, tries=2).round()
    printed = (await duban(database, "notices", "mails", "--given-up")).stdout
    settings = {
        "DUBAN_HOME": str(tmp_path),
        "DUBAN_SMTP_URL": refusing.url,
        "DUBAN_SMTP_FROM": "duban@example.org",
    }

    examined = json.loads((await duban(database, "doctor", "--json", **settings)).stdout)
    (shown,) = (await done(database, "notices", "mails", "--given-up"))["mails"]
    again = await done(database, "notices", "retry", "--mail", shown["delivery"])
    async with mailbox(lambda before: "550 no" if before < 2 else "250 OK") as box:
        await postman(pool, engine, box, tries=2).round()
        await done(database, "notices", "retry")
        await postman(pool, engine, box, tries=2).round()

    finding = next(f for f in examined["findings"] if f["check"] == "mail")
    assert (finding["fine"], "notices retry" in finding["do"]) == (False, True)
    assert (shown["tries"], shown["cause"], again) == (2, "550 no [/b] [red]", {"tried_again": 1})
    assert "550 no [/b] [red]" in printed
    assert {mail[KEY] for mail in (*box.tried, *refusing.tried)} == {shown["delivery"]}
    assert len(box.taken) == 1
    assert len(await given_up(engine)) == 2  # each time that it was given up


async def test_of_those_nobody_can_write_to_no_notice_is_read(pool: Pool) -> None:
    """A congress without a contact has its notices by the hundred thousand; the queue is looked at every second."""
    engine = await with_npc(pool)
    for number in range(1, 4):
        await sub_assigned(engine, str(number))
    await told(pool, engine)
    read = "select seq_scan, idx_scan from pg_stat_xact_user_tables where relname = 'notice'"
    async with pool.acquire() as connection, connection.transaction():
        before = await connection.fetchrow(read)
        await Queue(cast(Pool, connection), Backoff([]), Gathering(NOW, NOW, NOW)).open()
        assert await connection.fetchrow(read) == before
        assert await connection.fetchval("select count(*) from notice") > 0


async def test_whose_address_is_forgotten_is_written_to_no_more(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    await reached(pool)
    await sub_assigned(engine)
    await told(pool, engine)

    await postman(pool, engine, None).round()
    await done(database, "recipient", "remove", "--to", f"unit:{MARA}")
    async with mailbox() as box:
        await postman(pool, engine, box).round()

    assert box.tried == []
    assert await pool.fetchval("select count(*) from notice_delivery") == 0
    again = await duban(database, "recipient", "remove", "--to", f"unit:{MARA}")
    assert (again.exit_code, "duban recipient list" in again.stderr) == (1, True)


def test_nine_tries_in_ten_hours_and_the_last_after_a_day() -> None:
    backoff = Backoff()
    pauses = [backoff.after(tries) for tries in range(1, 13)]

    assert timedelta(hours=24) <= sum(pauses, timedelta()) <= timedelta(hours=26)
    assert pauses == sorted(pauses)
    assert [backoff.is_over(tries) for tries in (12, 13)] == [False, True]


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "user"),
    [
        ("smtp://relay.example.org", "relay.example.org", 25, Tls.NONE, None),
        ("smtps://u%40x:p%3Aq@relay.example.org", "relay.example.org", 465, Tls.IMPLICIT, "u@x"),
        ("smtp+starttls://u:p@[::1]:2525", "::1", 2525, Tls.STARTTLS, "u"),
    ],
)
def test_a_mail_server_is_one_url(url: str, host: str, port: int, tls: Tls, user: str | None) -> None:
    server = mail_server(url)

    assert (server.host, server.port, server.tls, server.user) == (host, port, tls, user)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SMTP_URL", "https://relay.example.org", "smtps://"),
        ("SMTP_URL", "smtp://", "host name"),
        ("SMTP_URL", "smtp://relay.example.org/path", "no more"),
        ("SMTP_URL", "smtp://user:hush@relay.example.org", "TLS only"),
        ("SMTP_URL", "smtps://user@relay.example.org", "both"),
        ("SMTP_URL", "smtps://relay.example.org:port", "Port"),
        ("SMTP_FROM", "nobody", "such as"),
        ("SMTP_FROM", "a@b.org\r\nBcc: c@d.org", "such as"),
        ("SMTP_RATE", "0/minute", "such as"),
    ],
)
def test_a_wrong_mail_setting_is_refused_and_no_password_is_repeated(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_SMTP_FROM", "duban@example.org")
    monkeypatch.setenv(f"DUBAN_{name}", value)

    with pytest.raises(SettingRefused, match=reason) as refused:
        read_settings()

    assert f"DUBAN_{name}" in refused.value.message
    assert "hush" not in refused.value.message


def test_mail_needs_somebody_that_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_SMTP_URL", "smtps://relay.example.org")
    monkeypatch.delenv("DUBAN_SMTP_FROM", raising=False)

    with pytest.raises(SettingRefused, match="DUBAN_SMTP_FROM"):
        read_settings()
