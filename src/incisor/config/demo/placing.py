"""Finding room: each dentist's day is a row of five-minute cells, filled so that nobody is in two places at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from incisor.clinics.models import Procedure
from incisor.config.demo.courses import Step, draw_course, tooth_for
from incisor.config.demo.material import Dice
from incisor.config.demo.population import Person
from incisor.config.demo.team import ZONE, Dentist, Place
from incisor.kernel import clock

CELL = 5
LOAD_PAST, LOAD_COMING = 0.80, 0.62


@dataclass
class Placed:
    """One appointment that was placed."""

    person: Person
    place: Place
    dentist: Dentist
    procedure: Procedure
    day: date
    start: int  # minutes after midnight
    minutes: int
    tooth: int | None
    step: int

    @property
    def starts_at(self) -> datetime:
        return clock.moment(self.day, time(self.start // 60, self.start % 60), ZONE)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def blocked_until(self) -> datetime:
        return self.ends_at + timedelta(minutes=self.procedure.buffer_after_minutes)


@dataclass
class Book:
    """The cells of every dentist's and chair's day that are taken, and the minutes of every patient's."""

    taken: dict[tuple[object, date], set[int]] = field(default_factory=lambda: defaultdict(set))
    load: dict[tuple[object, date], int] = field(default_factory=lambda: defaultdict(int))

    def place(
        self, dice: Dice, dentist: Dentist, person: Person, day: date, minutes: int, *, limit: float
    ) -> int | None:
        """Take the minutes in the dentist's day; returns the start, None when there is no room."""
        hours = dentist.hours(day)
        total = sum(_minutes(end) - _minutes(start) for start, end in hours)
        used = self.load[dentist.staff.pk, day]
        if not total or used + minutes > total * limit:
            return None
        keys = [(dentist.staff.pk, day), (dentist.chair.pk, day), (person.row.pk, day)]
        starts = [
            start
            for begin, end in hours
            for start in range(_minutes(begin), _minutes(end) - minutes + 1, 15 if minutes > 20 else 10)
        ]
        if not starts:
            return None
        # mornings fill from a random point on, so that days look like days
        turn = dice.between(0, len(starts) - 1)
        for start in starts[turn:] + starts[:turn]:
            cells = set(range(start // CELL, (start + minutes) // CELL))
            if not any(self.taken[key] & cells for key in keys):
                for key in keys:
                    self.taken[key] |= cells
                self.load[dentist.staff.pk, day] += minutes
                return start
        return None


def place_all(
    dice: Dice, people: list[Person], procedures: dict[str, Procedure], *, today: date, horizon: int
) -> list[Placed]:
    """Return appointments from each patient's courses, past and coming, and enough for today to be a full day."""
    book = Book()
    placed: list[Placed] = []
    for person in people:
        day = person.joined_on + timedelta(days=dice.between(0, 2))
        for _round in range(dice.random.choices([1, 2, 3], weights=[58, 30, 12])[0]):
            age = max(3, (day - person.born_on).days // 365)
            day = _course(dice, book, placed, person, draw_course(dice, age=age), day, procedures, today, horizon, age)
            day += timedelta(days=dice.between(25, 240))
    _fill(dice, book, placed, people, procedures, today)
    placed.sort(key=lambda one: (one.starts_at, one.dentist.staff.number))
    return placed


def _course(
    dice: Dice, book: Book, placed: list[Placed], person: Person, steps: list[Step], day: date,
    procedures: dict[str, Procedure], today: date, horizon: int, age: int,
) -> date:  # fmt: skip
    tooth = tooth_for(dice, steps[-1].code, age)
    dentist: dict[str, Dentist] = {}
    for number, step in enumerate(steps):
        day += timedelta(days=step.after + dice.between(0, 2))
        if day > today + timedelta(days=horizon):
            break
        # people are kept in the book only a few weeks ahead; further steps are asked for by recall
        found = _find(dice, book, person, step, day, procedures[step.code], dentist, today)
        if found is None:
            continue
        chosen, when, start = found
        dentist[step.specialty] = chosen
        procedure = procedures[step.code]
        placed.append(
            Placed(
                person, person.place, chosen, procedure, when, start, procedure.duration_minutes,
                tooth if procedure.is_per_tooth else None, number,
            )
        )  # fmt: skip
        day = when
    return day


def _find(
    dice: Dice, book: Book, person: Person, step: Step, day: date, procedure: Procedure,
    known: dict[str, Dentist], today: date,
) -> tuple[Dentist, date, int] | None:  # fmt: skip
    able = [one for one in person.place.dentists if step.specialty in one.specialties]
    able = able or [one for one in person.place.dentists if "general" in one.specialties]
    needs = set(procedure.chair_needs)
    able = [one for one in able if needs <= set(one.chair.capabilities)] or able[:1]
    if step.specialty in known:
        able = [known[step.specialty]]
    length = procedure.duration_minutes + procedure.buffer_after_minutes
    length = (length + CELL - 1) // CELL * CELL
    for offset in range(10):
        when = day + timedelta(days=offset)
        limit = LOAD_PAST if when <= today else LOAD_COMING * max(0.15, 1 - (when - today).days / 30)
        for one in dice.random.sample(able, len(able)):
            start = book.place(dice, one, person, when, length, limit=limit)
            if start is not None:
                return one, when, start
    return None


def _fill(
    dice: Dice, book: Book, placed: list[Placed], people: list[Person], procedures: dict[str, Procedure], today: date
) -> None:
    """Fill the last three weeks, today and the next three days with what a practice sees daily: full days, as they are."""
    simple = {
        "general": ["filling_composite", "cleaning_ultrasonic", "exam_recall", "exam_first"],
        "endodontics": ["root_canal_open", "root_canal_fill"], "periodontics": ["cleaning_ultrasonic", "scaling_deep"],
        "prosthodontics": ["crown_preparation", "crown_zirconia"], "orthodontics": ["ortho_adjustment"],
        "paediatric": ["child_exam", "child_filling", "fluoride"], "oral_surgery": ["extraction_simple", "suture_removal"],
        "implants": ["implant_check"],
    }  # fmt: skip
    busy = {(one.person.row.pk, one.day) for one in placed}
    days = [(offset, 0.55) for offset in range(-21, 0)] + [(0, 0.85), (1, 0.78), (2, 0.66), (3, 0.55)]
    for offset, limit in days:
        day = today + timedelta(days=offset)
        for place in {id(person.place): person.place for person in people}.values():
            pool = [
                person
                for person in people
                if person.place is place and person.joined_on <= day and (person.row.pk, day) not in busy
            ]
            for dentist in place.dentists if pool else ():
                for _try in range(40):
                    specialty = dice.one(sorted(dentist.specialties))
                    procedure = procedures[dice.one(simple[specialty])]
                    if not pool:
                        break
                    person = dice.one(pool)
                    is_child = (today - person.born_on).days < 12 * 365
                    fits = set(procedure.chair_needs) <= set(dentist.chair.capabilities)
                    if is_child != (specialty == "paediatric") or not fits:
                        continue
                    length = (procedure.duration_minutes + procedure.buffer_after_minutes + CELL - 1) // CELL * CELL
                    start = book.place(dice, dentist, person, day, length, limit=limit)
                    if start is None:
                        continue
                    pool.remove(person)
                    age = (today - person.born_on).days // 365
                    tooth = tooth_for(dice, procedure.code, age) if procedure.is_per_tooth else None
                    placed.append(
                        Placed(person, place, dentist, procedure, day, start, procedure.duration_minutes, tooth, 0)
                    )


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
