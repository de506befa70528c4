import asyncio
import json
import signal
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import asyncpg
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from domain.delivery import DeliveryFailed, WebhookChanged
from domain.suggestion import intake, publication
from duban.bootstrap import now
from duban.notices.backoff import Backoff
from duban.webhooks.caller import Caller
from duban.webhooks.cloud_event import CloudEvents
from duban.webhooks.feeder import Feeder
from duban.webhooks.reach import Reach
from duban.webhooks.subscriptions import Subscription, Subscriptions
from duban.wording.wording import wording
from tests.domain.cases import on, submit
from tests.engine import Engine, people, with_npc
from tests.entrypoints.command_line import done, duban
from tests.entrypoints.season import small_season
from tests.notices.processes import WITHIN, notifier, until
from tests.notices.test_mail import sub_assigned
from tests.webhooks.subscriber import TAKEN, Subscriber, subscriber
from tests.wording.examples import recorded

pytestmark = pytest.mark.postgres

Pool = asyncpg.Pool
HERE = Reach((ip_network("127.0.0.0/8"),))
ALLOWED = {"DUBAN_WEBHOOK_NETWORKS": "127.0.0.1/32"}


def feeder(pool: Pool, engine: Engine, tries: int = 3) -> Feeder:
    backoff = Backoff([timedelta(0)] * (tries - 1))
    return Feeder(pool, engine.log, CloudEvents(engine.log), Caller(HERE), backoff)


async def subscribed(pool: Pool, engine: Engine, to: Subscriber, *types: str, **facts: Any) -> Subscription:
    return await Subscriptions(pool, engine.log, HERE, now).add(to.url, types, "root", **facts)


def ids(told: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in told]


async def test_a_subscription_is_told_each_event_once_in_order_as_a_signed_cloud_event(pool: Pool) -> None:
    engine = await with_npc(pool)
    async with subscriber() as box:
        kept = await subscribed(pool, engine, box)
        ref = await sub_assigned(engine)
        for _ in range(2):
            await feeder(pool, engine).round()

    events = [r for r in await engine.log.read_all(after=kept.position) if r.type.startswith("suggestion.")]
    assert ids(box.taken) == [str(r.event_id) for r in events]
    first, body = box.calls[0]
    assert first["content-type"] == "application/cloudevents+json; charset=utf-8"
    verified = Webhook(kept.secret).verify(body, first)
    assert (verified["specversion"], verified["id"], verified["type"]) == (
        "1.0", first["webhook-id"], "suggestion.submitted",
    )  # fmt: skip
    assert (verified["subject"], verified["data"]["event"]["title"]) == (ref, "关于循环农业的建议")
    assert [one["sequence"] for one in box.taken] == sorted(one["sequence"] for one in box.taken)
    for tampered, headers in (
        (body.replace("循环".encode(), "环循".encode()), first),
        (body, first | {"webhook-id": "another"}),
        (body, first | {"webhook-timestamp": str(int(first["webhook-timestamp"]) + 1)}),
        (body, first | {"webhook-signature": "v1,AAAA"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(kept.secret).verify(tampered, headers)


async def test_a_replay_from_a_position_tells_the_same_events_under_the_same_ids(pool: Pool) -> None:
    engine = await with_npc(pool)
    async with subscriber() as box:
        kept = await subscribed(pool, engine, box, "suggestion.*", start=1)
        await sub_assigned(engine)
        await feeder(pool, engine).round()
        first, bodies = ids(box.taken), [body for _, body in box.calls]
        start = box.taken[1]["data"]["position"]

        await Subscriptions(pool, engine.log, HERE, now).replay(str(kept.webhook), start, "root")
        await feeder(pool, engine).round()

    assert ids(box.taken) == first + first[1:]
    assert [body for _, body in box.calls] == bodies + bodies[1:]


async def test_what_is_told_again_after_a_case_got_its_number_is_told_in_the_same_words(pool: Pool) -> None:
    engine = await with_npc(pool)
    first = (await engine.commands.submit(submit(number=None), people())).case.ref
    async with subscriber() as box:
        kept = await subscribed(pool, engine, box, "suggestion.*", start=1)
        await feeder(pool, engine).round()
        told = len(box.calls)
        number = intake.Register(number="17", at=on("2024-03-10"))
        await engine.commands.handle(first, people(), number)
        await Subscriptions(pool, engine.log, HERE, now).replay(str(kept.webhook), 1, "root")
        await feeder(pool, engine).round()

    bodies = [body for _, body in box.calls]
    assert bodies[told : 2 * told] == bodies[:told]
    assert box.taken[told]["subject"] == first
    assert box.taken[-1]["subject"] == "npc/14-2/17"


async def test_an_event_that_is_not_taken_is_told_again_before_any_later_one(pool: Pool) -> None:
    engine = await with_npc(pool)
    async with subscriber(lambda before: 503 if before in (1, 2) else TAKEN) as box:
        await subscribed(pool, engine, box)
        await sub_assigned(engine)
        await feeder(pool, engine).round()

    sent = [headers["webhook-id"] for headers, _ in box.calls]
    assert sent[1] == sent[2] == sent[3]
    assert len(box.calls) == len(box.taken) + 2
    assert ids(box.taken) == list(dict.fromkeys(sent))


async def test_one_that_never_takes_anything_is_given_up_with_an_event_and_goes_on_when_taken_up_again(
    pool: Pool, database: str, tmp_path: Any
) -> None:
    engine = await with_npc(pool)
    async with subscriber(lambda before: 500 if before < 3 else TAKEN) as box, subscriber() as other:
        kept = await subscribed(pool, engine, box)
        await subscribed(pool, engine, other)
        await sub_assigned(engine)
        await feeder(pool, engine).round()
        assert len(box.calls) == 3
        assert len(other.taken) > 3  # one that fails holds no other up

        (listed, _) = (await done(database, "webhook", "list"))["webhooks"]
        examined = json.loads((await duban(database, "doctor", "--json", DUBAN_HOME=str(tmp_path))).stdout)
        await done(database, "webhook", "resume", str(kept.webhook), **ALLOWED)
        await feeder(pool, engine).round()

    assert (listed["state"], listed["cause"].startswith("HTTP 500")) == ("given-up", True)
    (finding,) = [f for f in examined["findings"] if f["check"] == f"webhook {box.url}"]
    assert (finding["fine"], f"duban webhook resume {kept.webhook}" in finding["do"]) == (False, True)
    assert ids(box.taken) == ids(other.taken)
    (failed,) = [r.body for r in await engine.log.read_all() if isinstance(r.body, DeliveryFailed)]
    assert (failed.to, failed.tries, failed.cause) == (f"webhook:{kept.webhook}", 3, "HTTP 500")
    assert box.url not in failed.model_dump_json()
    assert "放弃" in wording("zh").event_sentence(recorded(failed))


async def test_one_that_is_gone_is_given_up_at_once_and_one_that_asks_for_time_gets_it(pool: Pool) -> None:
    engine = await with_npc(pool)
    async with subscriber(lambda _: 410) as gone, subscriber(lambda _: 429, retry_after="3600") as busy:
        await subscribed(pool, engine, gone)
        waits = await subscribed(pool, engine, busy)
        await sub_assigned(engine)
        for _ in range(2):
            await feeder(pool, engine).round()

    assert (len(gone.calls), len(busy.calls)) == (1, 1)
    left = await pool.fetchval(
        "select try_at - clock_timestamp() from webhook where webhook = $1", waits.webhook
    )
    assert timedelta(minutes=50) < left < timedelta(minutes=61)


async def test_of_a_confidential_case_only_that_something_happened_is_told(pool: Pool) -> None:
    engine = await with_npc(pool)
    ref = await sub_assigned(engine, title="关于绝密甲的建议", text="绝密乙", lead_deputy="绝密丙")
    open_ref = await sub_assigned(engine, "102", title="关于公开的建议")
    ask = publication.RequestConfidentiality(by="绝密丙", reason="绝密丁", at=on("2024-07-01"))
    await engine.commands.handle(ref, people(), ask)
    async with subscriber() as box:
        await subscribed(pool, engine, box, start=1)
        await feeder(pool, engine).round()

    assert b"".join(body for _, body in box.calls).decode().count("绝密") == 0
    kept = [one for one in box.taken if one["subject"] == ref]
    assert {json.dumps(sorted(one["data"])) for one in kept} == {
        '["congress", "position", "ref", "withheld"]'
    }
    assert any(one["subject"] == open_ref and "event" in one["data"] for one in box.taken)


async def test_who_looked_at_what_leaves_by_no_webhook(pool: Pool, database: str) -> None:
    refused = await duban(database, "webhook", "add", "https://example.org/x", "--types", "access.*")
    odd = await duban(
        database, "webhook", "add", "https://example.org/x", "--types", "suggestion.*,nonsense", lang="zh"
    )

    assert (refused.exit_code, "access.*" in refused.stderr) == (1, True)
    assert (odd.exit_code, "nonsense" in odd.stderr) == (1, True)


async def test_only_the_types_and_the_congress_asked_for_are_told_and_the_cursor_passes_the_rest(
    pool: Pool,
) -> None:
    engine = await small_season(pool)
    async with subscriber() as answers, subscriber() as elsewhere:
        one = await subscribed(pool, engine, answers, "suggestion.answered", "suggestion.follow*", start=1)
        other = await subscribed(pool, engine, elsewhere, start=1, congress="青岛")
        await feeder(pool, engine).round()

    assert {told["type"] for told in answers.taken} == {"suggestion.answered", "suggestion.followed-up"}
    assert elsewhere.calls == []
    head = await engine.log.head()
    rows = await pool.fetch("select webhook, position from webhook")
    assert {row["webhook"]: row["position"] for row in rows} == {one.webhook: head, other.webhook: head}


async def test_killed_between_the_sending_and_the_note_of_it_the_notifier_repeats_the_event_under_its_id(
    pool: Pool, database: str
) -> None:
    engine = await with_npc(pool)
    running: list[asyncio.subprocess.Process] = []

    def told(before: int) -> int:
        if before == 1:
            running[-1].kill()  # the event has arrived; whoever sent it will not hear of it
        return TAKEN

    async with subscriber(told) as box:
        await subscribed(pool, engine, box)
        await sub_assigned(engine)
        running.append(await notifier(database, **ALLOWED))
        assert await asyncio.wait_for(running[-1].wait(), WITHIN) == -signal.SIGKILL
        running.append(await notifier(database, **ALLOWED))
        await until(lambda: _all_told(pool))
        running[-1].terminate()
        assert await asyncio.wait_for(running[-1].wait(), WITHIN) == 0

    sent = ids(box.taken)
    assert sent[1] == sent[2]
    events = [r for r in await engine.log.read_all() if r.type.startswith("suggestion.")]
    assert sent[:2] + sent[3:] == [str(r.event_id) for r in events]


async def _all_told(pool: Pool) -> bool:
    return bool(await pool.fetchval("select position = (select max(position) from event_log) from webhook"))


async def test_told_to_stop_the_feeder_finishes_what_is_under_way(pool: Pool) -> None:
    engine = await with_npc(pool)
    arrived = asyncio.Event()

    def told(_: int) -> int:
        arrived.set()
        return TAKEN

    async with subscriber(told) as box:
        await subscribed(pool, engine, box)
        await sub_assigned(engine)
        running = asyncio.create_task(feeder(pool, engine).run())
        await arrived.wait()
        running.cancel()
        await asyncio.wait({running})

        noted = await pool.fetchval("select position from webhook")
    assert noted == box.taken[-1]["data"]["position"]


async def test_the_commands_keep_a_webhook_and_show_its_secret_once(pool: Pool, database: str) -> None:
    engine = await with_npc(pool)
    async with subscriber() as box:
        added = await done(
            database, "webhook", "add", box.url, "--types", "topic.*", "--by", "root", **ALLOWED
        )
        twice = await duban(database, "webhook", "add", box.url, **ALLOWED)
        tested = await done(database, "webhook", "test", box.url, **ALLOWED)
        unreached = await duban(database, "webhook", "test", box.url, "--json")
        paused = await done(database, "webhook", "pause", added["webhook"])
        set_back = await done(database, "webhook", "replay", box.url, "--from", "1")
        beyond = await duban(database, "webhook", "replay", box.url, "--from", "9999999")
        shown = (await duban(database, "webhook", "list", lang="zh")).stdout
        removed = await done(database, "webhook", "remove", box.url)

    assert Webhook(added["secret"]).verify(box.calls[0][1], box.calls[0][0])["type"] == "duban.webhook-test"
    assert tested == {"taken": True, "said": "HTTP 204 No Content"} or tested["taken"]
    assert (twice.exit_code, beyond.exit_code, unreached.exit_code) == (1, 1, 1)
    assert "address refused" in unreached.stdout
    assert (paused["state"], set_back["position"], removed["webhook"]) == ("paused", 0, added["webhook"])
    assert "已暂停" in shown
    assert added["secret"] not in shown + json.dumps(paused) + json.dumps(removed)
    changes = [r.body for r in await engine.log.read_all() if isinstance(r.body, WebhookChanged)]
    assert [c.webhook_change.value for c in changes] == ["added", "paused", "replayed", "removed"]
    assert added["secret"] not in json.dumps([c.model_dump(mode="json") for c in changes])
