"""Acts: one endpoint for each act of the catalogue, on suggestions, key topics and motions."""

from collections.abc import Callable
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from domain.key_topic import TopicCommand
from domain.key_topic_acts import ChooseTopic
from domain.motion import Motion
from domain.motion_acts import MotionCommand
from duban.access.permission import case_of_motion, case_of_topic, case_to_be, ensure_may, sees
from duban.access.seen_case import case_for_acts
from duban.acts.act import Act
from duban.acts.on_motions import MOVE, ON_MOTIONS
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.acts.on_topics import CHOOSE, ON_TOPICS
from duban.acts.perform import command_of, move, perform, submit
from duban.commands import Done
from duban.entrypoints.api.acting import IfMatch, Key, by_of, once
from duban.entrypoints.api.asking import Congress, Number, Session, actor, now_of, services_of
from duban.entrypoints.api.cases import CASE, etag
from duban.entrypoints.api.intent import body_of, said_in
from duban.entrypoints.api.shapes import ACT_REFUSED, Acted
from duban.motions import NoSuchMotion
from duban.topics import NoSuchTopic

Topic = Annotated[str, Path(max_length=80, examples=["2024-01"])]
Outcome = tuple[int, dict[str, str], Any]
SUBMIT = next(act for act in ON_SUGGESTIONS if act.name == "submit")
CREATED, OK = 201, 200
TOPIC = "/topics/{congress}/{topic_id}"
MOTION = "/motions/{congress}/{session}/{number}"


def act_endpoints() -> APIRouter:
    """The router of every act."""
    router = APIRouter(responses=ACT_REFUSED)
    _add(router, SUBMIT, "/cases", _submitting, CREATED)
    for act in ON_SUGGESTIONS:
        if act is not SUBMIT:
            _add(router, act, f"{CASE}/acts/{act.name}", _on_case)
    _add(router, CHOOSE, TOPIC, _choosing, CREATED)
    _add(router, MOVE, "/motions", _moving, CREATED)
    for act in ON_TOPICS:
        if act is not CHOOSE:
            _add(router, act, f"{TOPIC}/acts/{act.name}", _on_topic)
    for act in ON_MOTIONS:
        if act is not MOVE:
            _add(router, act, f"{MOTION}/acts/{act.name}", _on_motion)
    return router


def _add(
    router: APIRouter, act: Act, path: str, make: Callable[[Act, type[BaseModel]], Any], status: int = OK
) -> None:
    """One endpoint, typed by the act."""
    body = body_of(act, without=("congress",) if act is CHOOSE else ())
    endpoint = make(act, body)
    endpoint.__annotations__["body"] = body
    router.post(
        path, response_model=Acted, status_code=status, summary=act.title, description=act.summary,
        operation_id=f"{act.subject.value}.{act.name}", tags=[f"acts on a {act.subject.value}"],
    )(endpoint)  # fmt: skip


def _on_case(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(
        request: Request, congress: Congress, session: Session, number: Number, body: Any,
        if_match: IfMatch = None, key: Key = None,
    ) -> Response:  # fmt: skip
        viewer, services = actor(request), services_of(request)
        ref, said = f"{congress}/{session}/{number}", said_in(body)
        case = await case_for_acts(services.log, services.commands, viewer, ref)
        ensure_may(viewer, f"suggestion.{act.name}", case, said)
        for other in ("into", "other"):  # another case that the act names has to be one of theirs too
            if act.name in ("merge", "take-in") and other in said:
                await case_for_acts(services.log, services.commands, viewer, str(said[other]))

        async def done() -> Outcome:
            by = by_of(viewer, key, if_match)
            result = await perform(services.commands, act, ref, said, by, body.at or now_of(request))
            return _acted(result)

        return await once(request, viewer, key, done)

    return endpoint


def _submitting(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(request: Request, body: Any, key: Key = None) -> Response:
        viewer, services, said = actor(request), services_of(request), said_in(body)
        ensure_may(viewer, "suggestion.submit", case_to_be(viewer, body.congress), said)

        async def done() -> Outcome:
            by = by_of(viewer, key, None, exists=False)
            at = body.at or now_of(request)
            _, headers, answer = _acted(await submit(services.commands, said, by, at))
            return CREATED, {**headers, "Location": "/api/v1/cases/" + quote(answer["ref"])}, answer

        return await once(request, viewer, key, done)

    return endpoint


def _acted(done: Done) -> Outcome:
    answer = {
        "ref": done.case.ref, "version": done.case.version, "stage": done.case.stage.value,
        "positions": list(done.positions),
    }  # fmt: skip
    return OK, {"ETag": etag(done.case.version)}, answer


def _choosing(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(
        request: Request, congress: Congress, topic_id: Topic, body: Any, key: Key = None
    ) -> Response:
        viewer, services = actor(request), services_of(request)
        ensure_may(viewer, "topic.choose", case_to_be(viewer, congress))

        async def done() -> Outcome:
            said = {**said_in(body), "congress": congress}
            command = command_of(act, said, body.at or now_of(request), topic_id=topic_id)
            topic = await services.topics.choose(
                cast(ChooseTopic, command), by_of(viewer, key, None, exists=False)
            )
            return (
                CREATED,
                {"ETag": etag(topic.version)},
                _topic_acted(f"{congress}/{topic_id}", topic.version),
            )

        return await once(request, viewer, key, done)

    return endpoint


def _on_topic(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(
        request: Request,
        congress: Congress,
        topic_id: Topic,
        body: Any,
        if_match: IfMatch = None,
        key: Key = None,
    ) -> Response:
        viewer, services, said = actor(request), services_of(request), said_in(body)
        if viewer.congress not in (None, congress):
            raise NoSuchTopic(congress=congress, topic=topic_id)
        topic = await services.topics.topic(congress, topic_id)
        ensure_may(viewer, f"topic.{act.name}", case_of_topic(topic), said)

        async def done() -> Outcome:
            given: dict[str, Any] = {}
            if (ref := said.get("ref")) is not None:
                await case_for_acts(services.log, services.commands, viewer, str(ref))
                given["case_id"] = (await services.commands.resolve(str(ref))).rpartition("/")[2]
            command = cast(TopicCommand, command_of(act, said, body.at or now_of(request), **given))
            after = await services.topics.handle(congress, topic_id, by_of(viewer, key, if_match), command)
            return OK, {"ETag": etag(after.version)}, _topic_acted(f"{congress}/{topic_id}", after.version)

        return await once(request, viewer, key, done)

    return endpoint


def _topic_acted(ref: str, version: int) -> dict[str, Any]:
    return {"ref": ref, "version": version, "stage": "chosen", "positions": []}


def _moving(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(request: Request, body: Any, key: Key = None) -> Response:
        viewer, services, said = actor(request), services_of(request), said_in(body)
        ensure_may(viewer, "motion.move", case_to_be(viewer, body.congress), said)

        async def done() -> Outcome:
            by = by_of(viewer, key, None, exists=False)
            at = body.at or now_of(request)
            motion = await move(services.commands, services.motions, said, by, at)
            return _motion_acted(motion, CREATED)

        return await once(request, viewer, key, done)

    return endpoint


def _on_motion(act: Act, _: type[BaseModel]) -> Any:
    async def endpoint(
        request: Request, congress: Congress, session: Session, number: Number, body: Any,
        if_match: IfMatch = None, key: Key = None,
    ) -> Response:  # fmt: skip
        viewer, services, said = actor(request), services_of(request), said_in(body)
        ref = f"{congress}/{session}/{number}"
        motion = await services.motions.motion(ref)
        case = case_of_motion(motion)
        if not sees(viewer, case).case:
            raise NoSuchMotion(ref=ref)
        ensure_may(viewer, f"motion.{act.name}", case, said)

        async def done() -> Outcome:
            command = cast(MotionCommand, command_of(act, said, body.at or now_of(request)))
            return _motion_acted(await services.motions.handle(ref, by_of(viewer, key, if_match), command))

        return await once(request, viewer, key, done)

    return endpoint


def _motion_acted(motion: Motion, status: int = OK) -> Outcome:
    answer = {"ref": motion.ref, "version": motion.version, "stage": motion.stage.value, "positions": []}
    return status, {"ETag": etag(motion.version)}, answer
