"""Importing appointments, first half: past ones as history, coming ones through the same check as every booking.

What the old calendar says about the past is written as it is. A coming appointment must not take a dentist, a chair or a
patient twice, nor a time kept for others, nor exceed a daily limit; that it lies outside today's rosters or opening hours is noted on it (overbooked, with the reason), because
on the day of the import rosters are rarely complete.
"""

import re
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import procedures as all_procedures
from incisor.kernel.clock import local, moment
from incisor.kernel.db.functions import MinuteOf
from incisor.kernel.spans import Span, minute_of
from incisor.patients.enums import OldList, RowOutcome
from incisor.patients.hooks import CheckedRow, ImportField, Problem
from incisor.patients.queries import PATIENT_FIELDS, PatientsNamed, old_names, words_of_old
from incisor.patients.rules import open_dental
from incisor.patients.rules.cells import choice_of, date_of, is_formula
from incisor.scheduling.enums import AppointmentStatus, ConflictKind
from incisor.scheduling.models import OCCUPYING_VALUES, Appointment
from incisor.scheduling.queries import surroundings
from incisor.scheduling.queries.surroundings import occupying
from incisor.scheduling.rules import HARD, MAX_MINUTES, Need, Surroundings, Taken, Wish, conflicts, need_of
from incisor.scheduling.rules import wish_of as wished
from incisor.scheduling.services.gate import explain
from incisor.scheduling.services.import_rules import HouseRules
from incisor.staff.models import StaffMember

LOOK_UP = 500
EARLIEST = date(1990, 1, 1)
FURTHEST = timedelta(days=800)
# Conflicts that a coming appointment may bring along; the others must be settled by a person first.
BROUGHT_ALONG = (
    frozenset(ConflictKind)
    - HARD
    - {ConflictKind.DENTIST, ConflictKind.CHAIR, ConflictKind.HELD}
    - {ConflictKind.RESERVE, ConflictKind.ONLY, ConflictKind.LIMIT}
)
STATUS_WORDS = {
    AppointmentStatus.REQUESTED.value: ("待确认", "待定", "未确认", "申请"),
    AppointmentStatus.CONFIRMED.value: ("已确认", "已预约", "预约", "预约成功", "booked"),
    AppointmentStatus.COMPLETED.value: ("已就诊", "已完成", "完成", "到诊", "已到", "就诊", "done", "seen"),
    AppointmentStatus.CANCELLED.value: ("已取消", "取消", "canceled"),
    AppointmentStatus.NO_SHOW.value: ("爽约", "未到", "失约", "no-show", "missed"),
}
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-4])\s*[:：点时]\s*([0-5]\d)?(?:\s*分)?(?::\d{2})?\s*$")


def _field(key: str, label: Any, *synonyms: str, **more: Any) -> ImportField:
    return ImportField(key=key, label=label, synonyms=synonyms, **more)


FIELDS = (
    *PATIENT_FIELDS,
    _field("starts", gettext_lazy("Start"), "预约时间", "预约日期时间", "开始时间", "就诊时间", "start", "start time", "date and time",
           "日期时间", is_required=True, help=gettext_lazy("Day and time; the time may stand in a column of its own.")),
    _field("time", gettext_lazy("Time"), "时间", "时刻", "几点", "time of day"),
    _field("minutes", gettext_lazy("Minutes"), "时长", "时长(分钟)", "分钟", "预计时长", "duration", "length"),
    _field("dentist", gettext_lazy("Dentist"), "医生", "预约医生", "主治医生", "接诊医生", "医生姓名", "doctor", "provider",
           is_required=True, help=gettext_lazy("Staff number or name.")),
    _field("chair", gettext_lazy("Chair"), "椅位", "牙椅", "诊室", "诊位", "room", "operatory"),
    _field("procedure", gettext_lazy("Treatment"), "项目", "治疗项目", "预约项目", "预约事项", "procedure code", "treatment"),
    _field("status", gettext_lazy("Status"), "状态", "预约状态"),
    _field("need", gettext_lazy("Reason for the visit"), "主诉", "预约原因", "事由", "complaint", "reason"),
    _field("note", gettext_lazy("Note"), "备注", "说明", "remark", "remarks", "comment"),
    _field("pattern", gettext_lazy("Time pattern"), "时间模式", "pattern",
           help=gettext_lazy("One sign for five minutes: X the dentist's own time, / waiting or the assistant's.")),
    _field("external_id", gettext_lazy("Number in the old system"), "预约号", "预约编号", "预约单号", "appointment id", "id"),
)  # fmt: skip


def wall_of(day_text: str, time_text: str) -> datetime | None:
    """Return the wall-clock moment that one or two cells mean, None when it is none. On the grid of five minutes."""
    flat = unicodedata.normalize("NFKC", day_text).strip().replace("点半", "点30分")
    clock = unicodedata.normalize("NFKC", time_text).strip().replace("点半", "点30分") if time_text.strip() else flat
    found = _TIME.search(clock)
    day = date_of(flat) or date_of(
        re.sub("上午|下午|晚上|[ap]m", "", _TIME.sub("", flat), flags=re.IGNORECASE).rstrip(" T")
    )
    if found is None or day is None or found[1] == "24":
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour < 12 and re.search("下午|晚上|pm", clock, re.IGNORECASE):
        hour += 12
    return datetime.combine(day, time(hour, minute - minute % 5))


class Known:
    """What the rows may name: patients, people, chairs, procedures, appointments that are there; few queries."""

    def __init__(self, clinic: Clinic, rows: list[CheckedRow]) -> None:
        self.clinic = clinic
        self.people: dict[str, list[StaffMember]] = defaultdict(list)
        placed = StaffMember.objects.filter(placements__clinic=clinic).distinct()
        for person in placed.order_by("-is_active", "number"):
            for word in {person.number, person.name, person.name_en} - {""}:
                self.people[_flat(word)].append(person)
        self.usual_chairs: dict[Any, Any] = dict(
            placed.filter(placements__clinic=clinic).values_list("pk", "placements__chair_id")
        )
        self.chairs = chairs_of(clinic)
        self.chair_by_name = {_flat(row.name): row for row in self.chairs}
        self.procedures: dict[str, Procedure] = {}
        for row in all_procedures(active_only=False):
            for word in (row.short_zh, row.name_en, row.name_zh, row.code):
                if word:
                    self.procedures[_flat(word)] = row
        self.patients = PatientsNamed(clinic, rows)
        self.old = {kind: old_names(clinic, kind) for kind in OldList}

    def people_of(self, text: str) -> list[StaffMember]:
        """Return who is meant by a name, a staff number, or a number of the old system's list of dentists."""
        words = words_of_old(text, self.old[OldList.DENTIST])
        return next((found for word in words if (found := self.people.get(_flat(word)))), [])

    def chair_of(self, text: str) -> Chair | None:
        words = words_of_old(text, self.old[OldList.CHAIR])
        return next((found for word in words if (found := self.chair_by_name.get(_flat(word)))), None)


def known_of(clinic: Clinic, rows: list[CheckedRow]) -> Known:
    """Read what the rows may name."""
    return Known(clinic, rows)


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _portions(values: Iterable[Any]) -> Iterable[list[Any]]:
    ordered = sorted(values)
    return [ordered[start : start + LOOK_UP] for start in range(0, len(ordered), LOOK_UP)]


def check(clinic: Clinic, rows: list[CheckedRow], at: datetime) -> None:
    """Fill values, problems and what each row would do."""
    known = known_of(clinic, rows)
    for row in rows:
        if not row.problems:
            _clean(row, known, at)
    fine = [row for row in rows if not row.problems]
    _find_earlier(clinic, fine)
    refuse_overlaps(clinic, known, [row for row in fine if row.planned == RowOutcome.CREATED], at)


def _clean(row: CheckedRow, known: Known, at: datetime) -> None:
    cells = row.cells

    def wrong(field: str, what: str, to_do: str) -> None:
        row.problems.append(Problem(field, what, to_do))

    for field, text in cells.items():
        if is_formula(text):
            wrong(field, _("The cell holds a formula or an error instead of a value."), _("Paste it as a value."))
    patient = known.patients.find(cells)
    if patient is None:
        row.problems.append(known.patients.problem(cells))
    wall = wall_of(cells.get("starts", ""), cells.get("time", ""))
    today = local(at, known.clinic.zone).date()
    if wall is None or not EARLIEST <= wall.date() <= today + FURTHEST:
        wrong("starts", _("This is no day and time."), _("Write it as 2026-03-02 10:30."))
    dentist = _dentist(cells.get("dentist", ""), known, wrong)
    chair = known.chair_of(cells.get("chair", ""))
    if cells.get("chair", "").strip() and chair is None:
        wrong("chair", _("The clinic has no chair of this name."), _("Correct the name, or empty the cell."))
    procedure = known.procedures.get(_flat(cells.get("procedure", "")))
    need = cells.get("need", "").strip()
    if procedure is None and cells.get("procedure", "").strip():
        need = f"{cells['procedure'].strip()} {need}".strip()  # a treatment of other words is kept as the reason
    pattern = cells.get("pattern", "")
    minutes = open_dental.minutes_of(pattern) or _minutes(cells.get("minutes", ""), procedure, wrong)
    if pattern and minutes > MAX_MINUTES:
        wrong("pattern", _("An appointment lasts from 5 minutes to 8 hours."), _("Shorten the pattern."))
    status = _status(cells.get("status", ""), wall, known.clinic, at, wrong)
    if row.problems or wall is None or patient is None or dentist is None:
        return
    row.values = {
        "patient": patient,
        "dentist": dentist,
        "chair": chair,
        "starts_at": moment(wall.date(), wall.time(), known.clinic.zone),
        "minutes": minutes,
        "busy": open_dental.busy_of(pattern) or None,
        "procedure": procedure,
        "status": status,
        "need": need[:200],
        "note": cells.get("note", "").strip()[:1000],
        "external_id": cells.get("external_id", "").strip()[:60],
    }


Wrong = Callable[[str, str, str], None]


def _dentist(text: str, known: Known, wrong: Wrong) -> StaffMember | None:
    found = known.people_of(text)
    if not found:
        wrong(
            "dentist",
            _("Nobody of this name or number works in the clinic."),
            _("Add the dentist under Staff, or correct the cell."),
        )
        return None
    active = [person for person in found if person.is_active]
    if len(active) > 1:
        wrong("dentist", _("Several people have this name."), _("Write the staff number instead."))
        return None
    return active[0] if active else found[0]


def _minutes(text: str, procedure: Procedure | None, wrong: Wrong) -> int:
    digits = re.match(r"\s*(\d{1,3})", text)
    if text.strip() and (digits is None or not 5 <= int(digits[1]) <= MAX_MINUTES):
        wrong("minutes", _("The length is no number of minutes from 5 to 480."), _("Correct the cell, or empty it."))
    usual = need_of([procedure] if procedure else []).minutes
    minutes = int(digits[1]) if digits else usual
    return minutes + -minutes % 5


def _status(text: str, wall: datetime | None, clinic: Clinic, at: datetime, wrong: Wrong) -> str:
    is_past = wall is not None and wall < local(at, clinic.zone).replace(tzinfo=None)
    if not text.strip():
        return (AppointmentStatus.COMPLETED if is_past else AppointmentStatus.CONFIRMED).value
    chosen = choice_of(text, STATUS_WORDS)
    if text == "unscheduled":
        wrong("status", _("The old system gave this one no time."), _("Leave it out; book it when the patient calls."))
        return ""
    if chosen is None:
        wrong("status", _("This status is not known."), _("Write 已预约, 已就诊, 已取消 or 爽约, or empty the cell."))
        return ""
    if is_past and chosen in (AppointmentStatus.CONFIRMED, AppointmentStatus.REQUESTED):
        return AppointmentStatus.COMPLETED.value  # an old calendar rarely closes what has taken place
    return chosen


def _find_earlier(clinic: Clinic, rows: list[CheckedRow]) -> None:
    """Mark what is there already: same number in the old system, or same patient and start."""
    ids = [row.values["external_id"] for row in rows if row.values["external_id"]]
    there: set[Any] = set()
    mine = Appointment.objects.filter(clinic=clinic)
    for part in _portions(set(ids)):
        there |= set(mine.filter(external_id__in=part).values_list("external_id", flat=True))
    for part in _portions({row.values["patient"].pk for row in rows}):
        there |= set(mine.filter(patient__in=part).values_list("patient_id", "starts_at"))
    seen: dict[Any, int] = {}
    for row in rows:
        number = row.values["external_id"]
        key = number or (row.values["patient"].pk, row.values["starts_at"])
        first = seen.setdefault(key, row.number)
        if first != row.number:
            row.problems.append(
                Problem(
                    "starts",
                    _("Row %(number)d is the same appointment.") % {"number": first},
                    _("Keep one of the two rows."),
                )
            )
        pair = (row.values["patient"].pk, row.values["starts_at"])
        is_there = (number and number in there) or pair in there
        row.planned = RowOutcome.UNCHANGED if is_there else RowOutcome.CREATED


def refuse_overlaps(clinic: Clinic, known: Known, rows: list[CheckedRow], at: datetime) -> None:
    """Choose chairs, and refuse coming appointments that take somebody twice, in the calendar or in the file."""
    for row in rows:
        _choose_chair(row, known, None, at)
    coming = [row for row in rows if not row.problems and is_coming(row, at)]
    if not coming:
        return
    days = [local(row.values["starts_at"], clinic.zone).date() for row in coming]
    first, last = min(days), max(days) + timedelta(days=1)
    dentists = list({row.values["dentist"].pk: row.values["dentist"] for row in coming}.values())
    around = surroundings(clinic, dentists=dentists, chairs=known.chairs, first=first, last=last, at=at)
    busy = _patients_busy(clinic, [row.values["patient"].pk for row in coming], first, last)
    rules = HouseRules(clinic, [person.pk for person in dentists], first, last, at)
    dentist_taken, chair_taken = _without_blocks(around.dentist_taken), _without_blocks(around.chair_taken)
    for row in sorted(coming, key=lambda one: (one.values["starts_at"], one.number)):
        need, who = import_need(row.values), row.values["dentist"].pk
        day = local(row.values["starts_at"], clinic.zone).date()
        of_staff, of_chair = rules.blocks(need)
        here = replace(
            around,
            dentist_taken={who: (*dentist_taken.get(who, ()), *of_staff.get(who, ()))},
            chair_taken=dict(chair_taken) | {key: (*chair_taken.get(key, ()), *some) for key, some in of_chair.items()},
            patient_taken=tuple(busy[row.values["patient"].pk]),
            full=rules.full(need, who, day),
        )
        _choose_chair(row, known, here, at)
        wish = wish_of(row)
        found = conflicts(wish, here, now=None)
        hard = [reason for reason in found if reason.kind not in BROUGHT_ALONG]
        if hard:
            field = (
                "chair"
                if all(reason.kind in (ConflictKind.CHAIR, ConflictKind.CAPABILITY) for reason in hard)
                else "starts"
            )
            row.problems.append(
                Problem(
                    field,
                    " ".join(explain(reason) for reason in hard),
                    _("Settle it in the calendar, or change the row."),
                )
            )
            continue
        row.values["accepted"] = [explain(reason) for reason in found]
        dentist_taken.setdefault(wish.dentist, []).extend(Taken(span) for span in wish.taken)
        chair_taken.setdefault(wish.chair, []).append(Taken(wish.blocked))
        busy[row.values["patient"].pk].append(wish.span)
        rules.took(need, who, day)


def _without_blocks(taken: Mapping[Any, Iterable[Taken]]) -> dict[Any, Any]:
    """Blocks depend on what a row is for: they are added row by row."""
    return {key: [one for one in rows if not one.is_block] for key, rows in taken.items()}


def import_need(values: dict[str, Any]) -> Need:
    """Return what a row needs: its length, and its own time pattern when it has one."""
    procedures = [values["procedure"]] if values["procedure"] else []
    return need_of(procedures, minutes=values["minutes"], busy=values.get("busy"))


def is_coming(row: CheckedRow, at: datetime) -> bool:
    return bool(row.values["starts_at"] >= at and row.values["status"] in OCCUPYING_VALUES)


def wish_of(row: CheckedRow, chair: Chair | None = None) -> Wish:
    values = row.values
    need = import_need(values)
    place = chair or values["chair"]
    start = minute_of(values["starts_at"])
    return wished(need, dentist=values["dentist"].pk, chair=place.pk, start=start)


def _choose_chair(row: CheckedRow, known: Known, around: Surroundings | None, at: datetime) -> None:
    """Give a row without a chair the dentist's usual one, or a free able one once the surroundings are known."""
    values = row.values
    if not known.chairs:
        row.problems.append(Problem("chair", _("The clinic has no chair yet."), _("Add rooms and chairs first.")))
        return
    if values["chair"] is not None and not values.get("chair_chosen"):
        return
    usual = known.usual_chairs.get(values["dentist"].pk)
    ordered = sorted(known.chairs, key=lambda chair: chair.pk != usual)
    if around is not None:
        places = {
            ConflictKind.CHAIR,
            ConflictKind.CAPABILITY,
            ConflictKind.CLOSURE,
            ConflictKind.RESERVE,
            ConflictKind.ONLY,
        }
        ordered.sort(
            key=lambda chair: any(one.kind in places for one in conflicts(wish_of(row, chair), around, now=None))
        )
    values["chair"], values["chair_chosen"] = ordered[0], True


def _patients_busy(clinic: Clinic, ids: list[uuid.UUID], first: date, last: date) -> dict[uuid.UUID, list[Span]]:
    busy: dict[uuid.UUID, list[Span]] = defaultdict(list)
    for part in _portions(set(ids)):
        rows = occupying(clinic, first, last).filter(patient__in=part)
        for patient_id, start, end in rows.values_list("patient_id", MinuteOf("starts_at"), MinuteOf("ends_at")):
            busy[patient_id].append((start, end))
    return busy
