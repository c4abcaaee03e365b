"""The demo's organisation, clinics, rooms, people and their working hours."""

import os
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from incisor.accounts.enums import RoleKey
from incisor.accounts.models import Grant, Role, User
from incisor.clinics.models import Chair, Clinic, OpeningHours, Organisation, Room
from incisor.config import setup
from incisor.config.demo.material import Dice, load
from incisor.kernel import clock
from incisor.staff.models import Leave, Placement, RosterException, RosterRule, Shift, ShiftDuty, StaffMember

PASSWORD = "incisor-demo"
ZONE = os.environ.get("INCISOR_DEMO_ZONE", "Asia/Shanghai")  # set by `incisor demo --zone`
EARLY, LATE = ((time(9), time(12)), (time(13), time(18))), ((time(12), time(16)), (time(16, 30), time(20)))
ROOM_NAMES = ["一诊室", "二诊室", "三诊室", "四诊室", "正畸诊室", "儿童诊室", "手术室"]
CHAIR_CAPABILITIES = [
    ["basic", "xray", "surgery", "microscope"],
    ["basic", "xray", "microscope"],
    ["basic", "xray", "surgery"],
    ["basic", "xray"],
    ["basic", "xray", "ortho"],
    ["basic", "child", "sedation"],
    ["basic", "xray", "surgery", "microscope"],
]
COLOURS = ["#206bc4", "#2fb344", "#d63939", "#ae3ec9", "#f76707", "#0ca678", "#4263eb"]
NUMBER_LETTERS = {"nurse": "N", "supervisor": "F", "receptionist": "F"}


@dataclass
class Dentist:
    """A dentist with what the placing of visits needs: hours of each weekday, and the days that differ."""

    staff: StaffMember
    user: User
    chair: Chair
    specialties: set[str]
    weekly: dict[int, tuple[tuple[time, time], ...]]
    off: set[date] = field(default_factory=set)
    special: dict[date, tuple[tuple[time, time], ...]] = field(default_factory=dict)

    def hours(self, day: date) -> tuple[tuple[time, time], ...]:
        if day in self.special:
            return self.special[day]
        return () if day in self.off else self.weekly.get(day.weekday(), ())


@dataclass
class Place:
    """One clinic of the demo."""

    clinic: Clinic
    dentists: list[Dentist]
    desk: list[User]
    callers: list[User]
    nurses: list[StaffMember]
    key: str


def make_team(dice: Dice, *, at: datetime, first_day: date, today: date, system: User) -> list[Place]:
    """Write organisation, clinics and people; returns what the rest of the demo works with."""
    people = load("people")
    owner = Organisation.objects.create(name=people["organisation"]["name_zh"], zone=ZONE)
    began = clock.moment(first_day, time(8), ZONE)
    roles = {role.key: role for role in Role.objects.all()}
    password = User(username="x")
    password.set_password(PASSWORD)
    places = []
    for code, one in zip("AB", people["clinics"], strict=True):
        clinic = _clinic(owner, code, one)
        setup.load_clinic(clinic, by=system, at=began, prices_from=first_day)
        places.append(_staff(dice, clinic, one["key"], roles, password.password, began, first_day, today))
    for one in people["staff"]:
        if not one["clinic"]:
            user = _user(one, password.password, began)
            user.is_second_factor_waived = True  # a stranger who tries the demo has no authenticator at hand
            user.save(update_fields=["is_second_factor_waived"])
            Grant.objects.create(user=user, role=roles[one["role"]], clinic_id=None)
    return places


def _clinic(owner: Organisation, code: str, one: dict[str, Any]) -> Clinic:
    clinic = Clinic.objects.create(
        organisation=owner, code=code, name=one["name_zh"], name_en=one["name_en"], phone=one["phone"],
        address=one["address_zh"], zone=ZONE, idle_lock_minutes=30,
    )  # fmt: skip
    opens, closes = time.fromisoformat(one["opens"]), time.fromisoformat(one["closes"])
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=opens, closes=closes) for day in range(7)
    )
    for position in range(one["chairs"]):
        room = Room.objects.create(clinic=clinic, name=ROOM_NAMES[position], floor="一层")
        Chair.objects.create(
            clinic=clinic, room=room, name=f"{position + 1}号椅", position=position,
            capabilities=CHAIR_CAPABILITIES[position] if one["chairs"] == len(CHAIR_CAPABILITIES)
            else [*CHAIR_CAPABILITIES[0], "ortho", "child"],
        )  # fmt: skip
    return clinic


def _user(one: dict[str, Any], password: str, at: datetime) -> User:
    return User.objects.create(username=one["username"], name=one["name"], password=password, created_at=at)


def _staff(
    dice: Dice,
    clinic: Clinic,
    key: str,
    roles: dict[str, Role],
    password: str,
    at: datetime,
    first_day: date,
    today: date,
) -> Place:
    people = load("people")
    chairs = list(Chair.objects.filter(clinic=clinic).order_by("position"))
    dentists, desk, callers, nurses = [], [], [], []
    mine = [one for one in people["dentists"] if one["clinic"] == key]
    for position, one in enumerate(mine):
        user = _user(one, password, at)
        Grant.objects.create(user=user, role=roles[RoleKey.DENTIST], clinic_id=clinic.pk)
        staff = StaffMember.objects.create(
            user=user, number=f"D{clinic.code}{position + 1:02d}", name=one["name"], name_en=one["name_en"],
            kind="dentist", title=one["title_zh"], specialties=one["specialties"], licence_number=one["licence_number"],
            licence_expires_on=today + timedelta(days=45 if position == 3 else dice.between(300, 1500)),
            introduction=one["introduction_zh"], colour=COLOURS[position],
        )  # fmt: skip
        chair = _chair_for(one["specialties"], chairs, position)
        Placement.objects.create(staff=staff, clinic=clinic, chair=chair, position=position)
        dentists.append(Dentist(staff, user, chair, set(one["specialties"]), _week(clinic, staff, position, first_day)))
    for position, one in enumerate(person for person in people["staff"] if person["clinic"] == key):
        user = _user(one, password, at)
        Grant.objects.create(user=user, role=roles[one["role"]], clinic_id=clinic.pk)
        kind = {"nurse": "nurse", "receptionist": "desk", "supervisor": "desk", "cashier": "desk"}.get(
            one["role"], "other"
        )
        letter = NUMBER_LETTERS.get(one["role"], "S")
        staff = StaffMember.objects.create(
            user=user, number=f"{letter}{clinic.code}{position + 1:02d}", name=one["name"], name_en=one["name_en"], kind=kind,
        )  # fmt: skip
        Placement.objects.create(staff=staff, clinic=clinic, position=20 + position)
        if kind == "desk":
            desk.append(user)
        if one["role"] in {"follow_up_agent", "receptionist"}:
            callers.append(user)
        if kind == "nurse":
            nurses.append(staff)
    _shifts(clinic, first_day=today - timedelta(days=14), days=35)
    _leave(dice, dentists, today)
    return Place(clinic, dentists, desk, callers, nurses, key)


def _chair_for(specialties: list[str], chairs: list[Chair], position: int) -> Chair:
    wanted = {"orthodontics": "ortho", "paediatric": "child"}
    if len(chairs) == len(CHAIR_CAPABILITIES):
        for specialty, capability in wanted.items():
            if specialty in specialties:
                return next(chair for chair in chairs if capability in chair.capabilities)
        free = [chair for chair in chairs if not {"ortho", "child"} & set(chair.capabilities)]
        return free[position % len(free)]
    return chairs[position % len(chairs)]


def _week(
    clinic: Clinic, staff: StaffMember, position: int, first_day: date
) -> dict[int, tuple[tuple[time, time], ...]]:
    """Five days a week, eight hours a day (ORG-5), early or late, two days off in turn."""
    hours = LATE if clinic.code == "A" and position % 3 == 2 else EARLY
    if hours is LATE:
        hours = ((time(12), time(16)), (time(16, 30), time(20)))
    off = {(position * 2) % 7, (position * 2 + 1) % 7}
    weekly: dict[int, tuple[tuple[time, time], ...]] = {day: hours for day in range(7) if day not in off}
    RosterRule.objects.bulk_create(
        RosterRule(staff=staff, clinic=clinic, weekday=day, starts=starts, ends=ends, valid_from=first_day)
        for day, parts in weekly.items()
        for starts, ends in parts
    )
    return weekly


def _shifts(clinic: Clinic, *, first_day: date, days: int) -> None:
    """Desk shifts A 09:00-17:00 and B 12:00-20:00 in turn (DSK-4)."""
    spans = {"A": ("早班", time(9), time(17)), "B": ("晚班", time(12), time(20) if clinic.code == "A" else time(18))}
    shifts = [
        Shift.objects.create(clinic=clinic, code=code, name=name, starts=starts, ends=ends)
        for code, (name, starts, ends) in spans.items()
    ]
    people = list(StaffMember.objects.filter(placements__clinic=clinic, kind="desk").order_by("number"))
    ShiftDuty.objects.bulk_create(
        ShiftDuty(
            shift=shifts[(position + offset // 7) % 2], clinic=clinic, staff=one, day=first_day + timedelta(days=offset)
        )
        for offset in range(days)
        for position, one in enumerate(people)
        if (offset + position * 2) % 7 not in {5, 6}
    )


def _leave(dice: Dice, dentists: list[Dentist], today: date) -> None:
    """Some past leaves and one coming one."""
    for position, dentist in enumerate(dentists):
        starts = [today - timedelta(days=dice.between(40, 400))]
        if position == 1:
            starts.append(today + timedelta(days=9))
        for first in starts:
            length = dice.between(2, 5)
            Leave.objects.create(
                staff=dentist.staff, kind="holiday", starts_at=clock.moment(first, time(0), ZONE),
                ends_at=clock.moment(first + timedelta(days=length), time(0), ZONE), reason="年假",
            )  # fmt: skip
            dentist.off |= {first + timedelta(days=offset) for offset in range(length)}


def open_today(places: list[Place], *, at: datetime) -> None:
    """Make today a working day around the present hour: nobody wants a demo of a closed clinic.

    In normal hours nothing changes but that dentists who are off come in; late in the evening or at night the clinics
    have extended hours for this one day, four and a half hours each way, within the day.
    """
    wall = clock.local(at, ZONE)
    today = wall.date()
    minute = wall.hour * 60 + wall.minute
    is_normal = 11 * 60 + 30 <= minute <= 17 * 60 + 30
    first = 9 * 60 if is_normal else max(0, (minute - 270) // 30 * 30)
    last = 18 * 60 if is_normal else min(23 * 60 + 30, (minute + 270) // 30 * 30)
    for place in places:
        for position, dentist in enumerate(place.dentists):
            if is_normal and dentist.hours(today):
                continue
            if is_normal and position % 3 == 1:
                continue
            dentist.special[today] = ((_time(first), _time(last)),)
            dentist.off.discard(today)
            RosterException.objects.create(
                staff=dentist.staff,
                clinic=place.clinic,
                day=today,
                starts=_time(first),
                ends=_time(last),
                reason="加班",
            )
        if not is_normal:
            OpeningHours.objects.create(
                clinic=place.clinic, weekday=today.weekday(), opens=_time(first), closes=_time(last),
                valid_from=today, valid_until=today,
            )  # fmt: skip


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
