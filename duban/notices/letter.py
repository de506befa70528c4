"""A mail's content: what happened in which case, in the recipient's language; of a confidential one, only that."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any, Final, Protocol, cast
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.base import Event, Recorded
from domain.clock import SHANGHAI
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import fold
from duban.notices.queue import Mail
from duban.notices.rules import Party
from duban.wording.wording import Wording, wording

MOST_CASES: Final = 100  # of one mail; the rest stands in the inbox
LONGEST_SUBJECT: Final = 120  # characters
LONGEST_SENTENCE: Final = 600  # characters; free text of an event can be much longer
KEY_HEADER: Final = "Duban-Delivery"
UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of signs that move the text around them or cannot be shown: none belongs in a mail."""


class Log(Protocol):
    """Where the events that a mail tells are read."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class Part:
    """What a mail tells of one case."""

    ref: str
    title: str | None
    link: str | None
    lines: tuple[str, ...]


class Letters:
    """Writes the mails of an installation."""

    def __init__(self, log: Log, sender: Address, origin: str | None) -> None:
        self._log = log
        self._sender = sender
        self._origin = origin

    async def of(self, mail: Mail) -> EmailMessage:
        """The mail as it is sent; its key is in the Message-ID and in a header of its own, each time the same."""
        words = wording(mail.lang)
        parts = await self._parts(mail, words)
        told: dict[str, Any] = {
            "t": words.text, "lang": words.lang, "parts": parts[:MOST_CASES], "delivery": mail.delivery,
            "greeting": words.text("To {who}:", who=clean(_addressee(mail, words))),
            "intro": _intro(mail, len(parts), words), "more": _more(len(parts) - MOST_CASES, words),
            "footer": words.text("Sent by Duban on behalf of {congress}; nobody reads answers to it.",
                                 congress=words.congress(mail.congress)),
            "inbox": f"{self._origin}/notices" if self._origin else None,
        }  # fmt: skip
        message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        message["From"] = self._sender
        message["To"] = mail.email
        message["Subject"] = clean(_subject(mail, parts, words))[:LONGEST_SUBJECT]
        message["Date"] = format_datetime(mail.sealed_at)
        message["Message-ID"] = f"<{mail.delivery}@{self._sender.domain}>"
        message[KEY_HEADER] = str(mail.delivery)
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "zh-CN" if words.lang == "zh" else "en"
        message.set_content(_templates().get_template("mail.txt").render(told))
        message.add_alternative(_templates().get_template("mail.html").render(told), subtype="html")
        return message

    async def _parts(self, mail: Mail, words: Wording) -> list[Part]:
        told: dict[str, set[int]] = {}
        for notice in mail.notices:
            told.setdefault(notice["stream_id"], set()).add(notice["position"])
        kept = {n["stream_id"] for n in mail.notices if n["confidential"]}
        streams = await self._log.read_streams(list(told))
        return [self._part(streams[s], told[s], s in kept, words) for s in told if streams[s]]

    def _part(self, stream: list[Recorded[Event]], told: set[int], was_kept: bool, words: Wording) -> Part:
        """What was told is said as it was said first, whatever came later; what is confidential by now is not said."""
        now = fold(cast(SuggestionEvent, recorded.body) for recorded in stream)
        case = fold(cast(SuggestionEvent, r.body) for r in stream if r.position <= max(told))
        link = None
        if self._origin:
            link = f"{self._origin}/case/{'/'.join(quote(part, safe='') for part in case.ref.split('/'))}"
        if was_kept or now.confidentiality_asked or now.identity_protected:
            said = words.text(
                "Something was recorded in this case, which is confidential. Sign in to read it."
            )
            return Part(clean(case.ref), None, link, (said,))
        lines = [
            f"{words.on_day(r.recorded_at)}  {clean(words.event_sentence(r))[:LONGEST_SENTENCE]}"
            for r in stream
            if r.position in told
        ]
        return Part(clean(case.ref), clean(case.title or words.text("(no title given)")), link, tuple(lines))


def clean(text: str) -> str:
    """One line of what can be seen: no line break that would begin a header, no sign that turns text around."""
    shown = (" " if unicodedata.category(sign) in UNSEEN else sign for sign in text)
    return " ".join("".join(shown).split())


def _addressee(mail: Mail, words: Wording) -> str:
    if mail.audience == Party.COMMISSION:
        return words.party("commission")
    if mail.audience == Party.CHAIRPERSONS:
        return words.name("person-role", "chairpersons-office")
    return mail.who


def _subject(mail: Mail, parts: Sequence[Part], words: Wording) -> str:
    if mail.day is not None:
        day = mail.sealed_at.astimezone(SHANGHAI).date().isoformat()
        return words.many(
            "Duban reminders of {day}: {n} case", "Duban reminders of {day}: {n} cases", len(parts), day=day
        )
    if len(parts) == 1:
        return words.text("Duban: {ref} {title}", ref=parts[0].ref, title=parts[0].title or "")
    return words.many("Duban: news of {n} case", "Duban: news of {n} cases", len(parts))


def _intro(mail: Mail, cases: int, words: Wording) -> str:
    if mail.day is not None:
        return words.many(
            "A deadline is near or has passed in {n} case:",
            "A deadline is near or has passed in {n} cases:",
            cases,
        )
    return words.many(
        "This was recorded in {n} case that concerns you:",
        "This was recorded in {n} cases that concern you:",
        cases,
    )


def _more(left: int, words: Wording) -> str | None:
    if left <= 0:
        return None
    return words.many(
        "And in {n} further case, which stands among your notices.",
        "And in {n} further cases, which stand among your notices.",
        left,
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("duban.notices"),
        autoescape=lambda name: (name or "").endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
