"""The doctor's look at notices: whether they are written, whether mail leaves, and what was given up."""

from typing import Final

from duban.catalogue import msgid
from duban.notices.standing import MailFigures, WebhookFigures
from duban.ops.doctor import PATIENCE, Finding, behind
from duban.ops.figures import Figures, NoticeFigures

LONGEST: Final = 60  # characters of an address
CHECK_NOTIFIER: Final = msgid("See that a notifier runs: `duban notifier`.")
SET_SERVER: Final = msgid(
    "Set DUBAN_SMTP_URL and DUBAN_SMTP_FROM for the notifier; notices on the web do without."
)
SEE_MAILS: Final = msgid("`duban notices mails --waiting` shows what the mail server answers.")
TRY_AGAIN: Final = msgid(
    "`duban notices mails --given-up` shows why; mend it, then `duban notices retry` sends them under the same keys."
)

TAKE_UP: Final = msgid("Mend it, see `duban webhook test {webhook}`, then `duban webhook resume {webhook}`.")
TEST_IT: Final = msgid("It is tried again; `duban webhook test {webhook}` tries it now.")


def of_notices(found: Figures, notices: NoticeFigures, *, mail_is_set: bool) -> list[Finding]:
    """What the figures say of notices and their delivery."""
    return [
        behind("notifier", notices.notifier, found, CHECK_NOTIFIER),
        _of_mail(found, notices.mails, mail_is_set=mail_is_set),
        *(_of_webhook(one, found) for one in notices.webhooks),
    ]


def _of_webhook(one: WebhookFigures, found: Figures) -> Finding:
    check = f"webhook {one.url[:LONGEST]}"
    facts = (
        ("webhook", one.webhook),
        ("cause", one.cause or "-"),
        ("events", f"{found.head - one.position:,}"),
    )
    if one.given_up:
        return Finding(
            check, False, msgid("given up, {events} events behind: {cause}"), TAKE_UP, one.paused_at, facts
        )
    if one.paused_at is not None:
        return Finding(check, True, msgid("paused by hand, {events} events behind"), facts=facts)
    if one.failing_since is not None:
        said = msgid("does not take what it is told, {events} events behind: {cause}")
        return Finding(check, False, said, TEST_IT, one.failing_since, facts)
    return Finding(check, True, msgid("{events} events behind"), facts=facts)


def _of_mail(found: Figures, mails: MailFigures, *, mail_is_set: bool) -> Finding:
    facts = (
        ("waiting", f"{mails.waiting:,}"),
        ("failing", f"{mails.failing:,}"),
        ("given_up", f"{mails.given_up:,}"),
    )
    if mails.given_up:
        said = msgid("{given_up} mails were given up within seven days, {waiting} wait")
        return Finding("mail", False, said, TRY_AGAIN, mails.given_up_since, facts)
    if mails.failing:
        said = msgid("{failing} of {waiting} mails that wait were refused, and are tried again")
        return Finding("mail", False, said, SEE_MAILS, mails.failing_since, facts)
    untaken = mails.untaken_since
    if mails.waiting and not mail_is_set:
        said = msgid("{waiting} mails wait: no mail server is set")
        return Finding("mail", False, said, SET_SERVER, untaken, facts)
    if untaken is not None and found.now - untaken > PATIENCE:
        return Finding(
            "mail",
            False,
            msgid("{waiting} mails wait, and nobody sends them"),
            CHECK_NOTIFIER,
            untaken,
            facts,
        )
    if not mail_is_set:
        return Finding("mail", True, msgid("no mail server is set, and nobody waits for mail"), facts=facts)
    return Finding("mail", True, msgid("{waiting} mails wait, none was refused"), facts=facts)
