"""Key topics: one topic over many cases, supervised by a committee, from its choice to its report."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, cast

import typer
from rich.table import Table

from domain.key_topic import KeyTopic, TopicCommand, TopicEvent, fold_topic
from domain.key_topic_acts import ChooseTopic
from duban.acts.act import Act
from duban.acts.on_topics import CHOOSE, ON_TOPICS
from duban.acts.perform import command_of
from duban.bootstrap import Services
from duban.entrypoints.cli.options import command_of_act
from duban.entrypoints.cli.support import Json, actor, language, output, print_json, run
from duban.histories import histories
from duban.wording.wording import wording

app = typer.Typer(no_args_is_help=True, help="Key topics (重点督办) over many cases.")

REF = "The topic, as CONGRESS/ID: npc/2024-03."
Topic = Annotated[str, typer.Argument(help=REF, show_default=False)]


@app.command("list")
def list_topics(
    congress: Annotated[str | None, typer.Option(help="Only this congress.")] = None, as_json: Json = False
) -> None:
    """The key topics that were chosen."""

    async def read(ready: Services) -> list[KeyTopic]:
        found = histories(ready.log, ready.pool, "topic/", up_to=await ready.log.head(), congress=congress)
        return [fold_topic(cast(TopicEvent, r.body) for r in recorded) async for _, recorded in found]

    topics = run(read)
    if as_json:
        print_json([as_data(topic) for topic in topics])
        return
    words = wording(language())
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("topic", "title", "year", "committee", "cases"):
        table.add_column(words.name("column", heading), overflow="fold")
    for topic in topics:
        committee = topic.committee or "-"
        table.add_row(ref_of(topic), topic.title, str(topic.year), committee, str(len(topic.cases)))
    output.print(table)


@app.command()
def show(ref: Topic, as_json: Json = False) -> None:
    """One topic: its committee, plan, cases, activities and report."""
    topic = run(lambda ready: ready.topics.topic(*_parts(ref)))
    if as_json:
        print_json(as_data(topic))
        return
    output.print(f"[bold]{ref_of(topic)}[/]  ", end="")
    output.print(topic.title, markup=False)
    for name, value in as_data(topic).items():
        if value not in (None, [], False) and name not in ("ref", "title"):
            output.print(f"  {name.replace('_', ' ')}: {_line(value)}", markup=False)


def as_data(topic: KeyTopic) -> dict[str, Any]:
    """A topic as JSON-ready data."""
    return {
        "ref": ref_of(topic),
        "title": topic.title,
        "year": topic.year,
        "approved_by": topic.approved_by,
        "committee": topic.committee,
        "lead_units": list(topic.lead_units),
        "taking_part": list(topic.taking_part),
        "plan": topic.plan,
        "cases": [ref for _, ref in topic.cases],
        "activities": [activity.value for activity in topic.activities],
        "reported_to": list(topic.reported_to),
        "closed": topic.closed,
        "version": topic.version,
    }


def ref_of(topic: KeyTopic) -> str:
    return f"{topic.congress}/{topic.topic_id}"


def _parts(ref: str) -> tuple[str, str]:
    congress, _, topic_id = ref.partition("/")
    return congress, topic_id


def _line(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _perform(act: Act, said: dict[str, Any], ref: str, at: datetime, by: str | None, as_json: bool) -> None:
    congress, topic_id = _parts(ref)

    async def performed(ready: Services) -> KeyTopic:
        given: dict[str, Any] = {}
        if "ref" in {field.name for field in act.fields}:
            given["case_id"] = (await ready.commands.resolve(said["ref"])).rpartition("/")[2]
        if act is CHOOSE:
            command = command_of(act, {**said, "congress": congress}, at, topic_id=topic_id)
            return await ready.topics.choose(cast(ChooseTopic, command), actor(by))
        command = cast(TopicCommand, command_of(act, said, at, **given))
        return await ready.topics.handle(congress, topic_id, actor(by), command)

    done: Callable[[Services], Awaitable[KeyTopic]] = performed
    topic = run(done)
    print_json(as_data(topic)) if as_json else output.print(
        f"{ref_of(topic)}  version {topic.version}", markup=False
    )


for one in ON_TOPICS:
    app.command(name=one.name)(command_of_act(one, _perform, ref_help=REF, given=("congress",)))
