"""A deadline's derivation and a congress's jurisdiction in words, Chinese and English."""

from collections.abc import Iterator
from itertools import groupby

from domain.clock import DAY, Derivation, Skip
from domain.jurisdictions import Nearest
from duban.wording.terms import (
    ANCHORS,
    BASES,
    HOLIDAYS,
    JURISDICTION_REASONS,
    LABELS,
    POLICIES,
    RULES,
    Lang,
    term_in_words,
    words,
)

_SEMICOLON = words("；", "; ")


def lines(derivation: Derivation, lang: Lang) -> list[str]:
    """The derivation, one fact a line."""
    colon = "：" if lang == "zh" else ": "
    return [f"{label}{colon}{fact}" for label, fact in facts(derivation, lang)]


def facts(derivation: Derivation, lang: Lang) -> list[tuple[str, str]]:
    """The derivation as labelled facts, in the order in which one would check it by hand."""
    return [(LABELS[label][lang], fact) for label, fact in _facts(derivation, lang)]


def citation(derivation: Derivation, lang: Lang) -> str:
    """The instrument with its article, "《…》第二十五条", and how sure that is unless it was read."""
    instrument = derivation.instrument.zh if lang == "zh" else derivation.instrument.en
    article = article_in_words(derivation.article, lang) if derivation.article else ""
    if derivation.basis == "practice" and not article:
        return instrument  # no text says it, so there is none to cite
    cited = f"《{instrument}》{article}" if lang == "zh" else ", ".join(filter(None, (instrument, article)))
    if derivation.basis == "law":
        return cited
    return cited + (
        f"（{BASES[derivation.basis].zh}）" if lang == "zh" else f" ({BASES[derivation.basis].en})"
    )


def article_in_words(article: str, lang: Lang) -> str:
    numbers = [int(number) for number in article.split(",")]
    if lang == "en":
        return ("art. " if len(numbers) == 1 else "arts. ") + ", ".join(map(str, numbers))
    return "、".join(f"第{_chinese(number)}条" for number in numbers)


def reason_in_words(nearest: Nearest, lang: Lang) -> str:
    """Why a congress is under these rules."""
    text = JURISDICTION_REASONS[nearest.code]
    return (text.zh if lang == "zh" else text.en).format(names="、".join(nearest.names))


def _facts(d: Derivation, lang: Lang) -> Iterator[tuple[str, str]]:
    yield "due", f"{d.due_on}（{_weekday(d, lang)}）" if lang == "zh" else f"{d.due_on} ({_weekday(d, lang)})"
    comma = "，" if lang == "zh" else ", "
    yield "rule", f"{RULES[d.rule][lang] if d.rule in RULES else d.rule}{comma}{d.rules_id}"
    yield "basis", citation(d, lang)
    yield "term", term_in_words(d.count, d.unit, lang)
    yield "anchor", f"{d.anchor}{comma}{ANCHORS[d.anchored][lang]}" if d.anchored else f"{d.anchor}"
    if d.skipped:
        yield "skipped", _days(d.skipped, lang)
    if d.made_up:
        yield "made_up", ", ".join(day.isoformat() for day in d.made_up)
    if d.rolled:
        yield "last_day", d.last_day.isoformat()
        yield "rolled", _days(d.rolled, lang)
    if d.prolongs:
        yield "prolongs", d.prolongs.due_on.isoformat()
    yield (
        "policies",
        _SEMICOLON[lang].join(POLICIES[policy][lang] for policy in d.policies if policy in POLICIES),
    )
    yield "calendar", d.calendar
    yield from _reservations(d, lang)


def _reservations(d: Derivation, lang: Lang) -> Iterator[tuple[str, str]]:
    if d.provisional:
        yield "provisional", LABELS["provisional_why"][lang]
    if d.before_effect:
        yield "reservation", LABELS["before_effect"][lang]
    if d.before_calendar:
        yield "reservation", LABELS["before_calendar"][lang]
    if d.note:
        yield "note", d.note.zh if lang == "zh" else d.note.en


def _days(skips: tuple[Skip, ...], lang: Lang) -> str:
    """Neighbouring days of one reason as a span: "2026-10-01 to 2026-10-07 National Day"."""
    runs = groupby(enumerate(skips), key=lambda pair: (pair[1].day - pair[0] * DAY, pair[1].reason))
    spans = []
    for (_, reason), run in runs:
        days = [skip.day for _, skip in run]
        span = f"{days[0]}" if len(days) == 1 else f"{days[0]}{'至' if lang == 'zh' else ' to '}{days[-1]}"
        spans.append(f"{span} {HOLIDAYS[reason][lang] if reason in HOLIDAYS else reason}")
    return _SEMICOLON[lang].join(spans)


def _weekday(d: Derivation, lang: Lang) -> str:
    day = d.due_on.weekday()
    return (
        f"周{'一二三四五六日'[day]}"
        if lang == "zh"
        else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day]
    )


def _chinese(number: int) -> str:
    """1-99 in Chinese numerals; articles beyond are 二百零一 and so on."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (digits[units] if units else "")
