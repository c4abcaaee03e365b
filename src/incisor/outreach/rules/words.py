"""The words that fill a message about appointments, in the patient's language. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from incisor.messaging.rules import fill

NEAR_ZH = {0: "今天", 1: "明天", 2: "后天"}
NEAR_EN = {0: "today", 1: "tomorrow"}
FAMILY_KEY = "appointment_family"  # the words for several people with one phone
WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One appointment as a text names it. wall: its start by the clinic's clock."""

    patient: str
    dentist: str
    wall: datetime


def date_words(day: date, *, is_chinese: bool) -> str:
    """Return the day of a month: 3月4日, 4 March."""
    return f"{day.month}月{day.day}日" if is_chinese else f"{day.day} {day:%B}"


def day_words(day: date, *, sent_on: date, is_chinese: bool) -> str:
    """Return a day as one says it on the day of sending: 明天（3月4日周三）, tomorrow, Wednesday 4 March."""
    apart = (day - sent_on).days
    plain = date_words(day, is_chinese=is_chinese)
    if is_chinese:
        near, long = NEAR_ZH.get(apart, ""), f"{plain}周{WEEKDAYS_ZH[day.weekday()]}"
        return f"{near}（{long}）" if near else long
    long = f"{day:%A} {plain}"
    near = NEAR_EN.get(apart, "")
    return f"{near}, {long}" if near else long


def values_for(told: Sequence[Told], *, sent_on: date, is_chinese: bool) -> dict[str, str]:
    """Return what fills the placeholders of a text about these appointments, which are on one day."""
    first = told[0]
    listed = "、" if is_chinese else ", "
    names = list(dict.fromkeys(one.patient for one in told))
    dentists = list(dict.fromkeys(one.dentist for one in told))
    return {
        "patient": listed.join(names),
        "date": date_words(first.wall.date(), is_chinese=is_chinese),
        "day": day_words(first.wall.date(), sent_on=sent_on, is_chinese=is_chinese),
        "time": listed.join(f"{one.wall:%H:%M}" for one in told),
        "dentist": listed.join(dentists),
        "visits": ("；" if is_chinese else "; ").join(_visit(one, is_chinese) for one in told),
    }


def _visit(one: Told, is_chinese: bool) -> str:
    if is_chinese:
        return f"{one.wall:%H:%M} {one.patient}（{one.dentist}医生）"
    return f"{one.wall:%H:%M} {one.patient} (Dr {one.dentist})"


def preview(body: str, *, clinic: str, phone: str, is_chinese: bool, today: date) -> str:
    """Return a text as a made-up patient would get it, for whoever writes it."""
    day = today + timedelta(days=1)
    person = ("王小明", "李明") if is_chinese else ("Wang Xiaoming", "Li")
    told = Told(patient=person[0], dentist=person[1], wall=datetime.combine(day, time(10)))
    values = values_for([told], sent_on=today, is_chinese=is_chinese)
    procedure = "洁牙" if is_chinese else "cleaning"
    return fill(body, {**values, "clinic": clinic, "phone": phone, "link": "🔗", "procedure": procedure})
