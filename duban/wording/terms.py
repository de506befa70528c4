"""The words for rules, anchors, holidays and policies, in Chinese and English."""

from collections.abc import Mapping
from typing import Literal, TypedDict

from domain.provisions import Text, Unit

Lang = Literal["zh", "en"]


class Words(TypedDict):
    zh: str
    en: str


def words(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


RULES: Mapping[str, Words] = {
    "answer": words("答复", "answer"),
    "answer_extended": words("延期答复", "extended answer"),
    "objection": words("提出异议", "objection"),
    "co_opinion": words("会办意见", "co-handling opinion"),
    "co_opinion_redo": words("重新提出会办意见", "co-handling opinion again"),
    "feedback": words("代表反馈", "deputy's feedback"),
    "fulfilment_feedback": words("承诺落实情况反馈", "feedback on fulfilment"),
    "rehandling": words("再次答复", "second reply"),
    "dispatch": words("交办", "dispatch"),
    "redispatch": words("改派", "reassignment"),
    "first_contact": words("首次联系代表", "first contact with the deputy"),
    "follow_up": words("跟踪督办", "follow-up"),
    "commitment": words("承诺事项", "commitment"),
}
ANCHORS: Mapping[str, Words] = {
    "assignment": words("自交办之日起", "from assignment"),
    "receipt": words("自收到之日起", "from receipt"),
    "reply_receipt": words("自收到答复之日起", "from receipt of the reply"),
    "feedback": words("自代表反馈不满意之日起", "from the deputy's feedback"),
    "intake": words("自收到建议之日起", "from intake"),
    "objection": words("自收到异议之日起", "from receipt of the objection"),
    "rehandling_order": words("自要求重新办理之日起", "from the demand to handle again"),
    "redo_request": words("自主办单位提出要求之日起", "from the lead unit's request"),
    "fulfilment_report": words("自收到落实情况之日起", "from receipt of the state of the commitments"),
    "commitment": words("自作出承诺或者上次跟踪之日起", "from the commitment or the last follow-up"),
}
HOLIDAYS: Mapping[str, Words] = {
    "weekend": words("周末", "weekend"),
    "New Year's Day": words("元旦", "New Year's Day"),
    "Spring Festival": words("春节", "Spring Festival"),
    "Tomb-sweeping Day": words("清明节", "Tomb-sweeping Day"),
    "Labour Day": words("劳动节", "Labour Day"),
    "Dragon Boat Festival": words("端午节", "Dragon Boat Festival"),
    "National Day": words("国庆节", "National Day"),
    "Mid-autumn Festival": words("中秋节", "Mid-autumn Festival"),
    "Anti-Fascist 70th Day": words("抗战胜利70周年纪念日", "Anti-Fascist 70th Day"),
}
POLICIES: Mapping[str, Words] = {
    "first_day=not-counted": words("开始的当日不计入", "the first day is not counted"),
    "month_end=corresponding-day-or-last": words(
        "按月以对应日为最后一日，没有的为月末日", "months end on the corresponding day or the month's last"
    ),
    "last_day_rolls=statutory-holiday": words(
        "最后一日在放假期间内的顺延至次日", "a last day in an announced holiday moves to the day after it"
    ),
    "last_day_rolls=rest-day": words(
        "最后一日为休息日的顺延至次日", "a last day that is not worked moves to the next working day"
    ),
    "last_day_rolls=none": words("最后一日不顺延", "the last day never moves"),
}
LABELS: Mapping[str, Words] = {
    "due": words("到期", "due"),
    "rule": words("规则", "rule"),
    "basis": words("依据", "basis"),
    "term": words("期限", "term"),
    "anchor": words("起算", "counted from"),
    "skipped": words("未计入", "not counted"),
    "made_up": words("调休上班计入", "make-up days counted"),
    "last_day": words("计得的最后一日", "last day as counted"),
    "rolled": words("顺延", "moved over"),
    "prolongs": words("原期限", "extends"),
    "policies": words("计算方法", "counting"),
    "calendar": words("日历", "calendar"),
    "provisional": words("暂定", "provisional"),
    "reservation": words("保留", "reservation"),
    "note": words("说明", "note"),
    "provisional_why": words(
        "到期日在已公布的日历之后，日历公布后重新计算",
        "it falls after the published calendar and is recomputed when the calendar appears",
    ),
    "before_effect": words(
        "起算日早于本版本施行之日，当时的规定未收录，按已知最早版本计算",
        "counted from before this version took effect; what applied then is not known here",
    ),
    "before_calendar": words(
        "起算日早于日历收录的第一年，只区分周末",
        "counted from before the calendar's first year, where only weekends are known",
    ),
}
BASES: Mapping[str, Text] = {
    "law": Text(zh="条文", en="law"),
    "practice": Text(zh="惯例", en="practice"),
    "unverified": Text(zh="未核原文", en="unverified"),
}
JURISDICTION_REASONS: Mapping[str, Text] = {
    "national": Text(zh="全国人大，适用全国规则", en="the national congress: national rules"),
    "city-rules": Text(zh="{names}有自己的规则", en="{names} has rules of its own"),
    "province-rules": Text(zh="所在的{names}有自己的规则", en="{names}, where it lies, has rules of its own"),
    "no-local-rules": Text(
        zh="未收录{names}的规则，适用全国规则", en="no rules of {names} are known here: national rules"
    ),
    "ambiguous-place": Text(
        zh="地名不唯一（{names}），不作推测，适用全国规则",
        en="the name is borne in several places ({names}) and is not guessed: national rules",
    ),
    "unknown-place": Text(zh="未能识别地名，适用全国规则", en="the place is not known here: national rules"),
}


def term_in_words(count: int, unit: Unit, lang: Lang) -> str:
    """ "5 个工作日", "3 months"; a quarter is the end of the next one."""
    if unit == "quarter":
        return (
            f"每年第{'一二三四'[count - 1]}季度"
            if lang == "zh"
            else f"by the end of each year's quarter {count}"
        )
    if lang == "zh":
        return f"{count} " + {"months": "个月", "days": "日", "workdays": "个工作日"}[unit]
    name = {"months": "month", "days": "day", "workdays": "working day"}[unit]
    return f"{count} {name}" + ("" if count == 1 else "s")
