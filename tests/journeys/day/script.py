"""The day as it is played: who comes when, who does not, who comes without being expected, what goes wrong. Plain values."""

import random
from dataclasses import dataclass, field

OPENS, CLOSES = 9 * 60, 18 * 60  # minutes of the clinic's wall clock
EVERY, LENGTH = 50, 30  # a dentist's appointments begin so far apart and take so long
BOOKED = (11, 11, 11, 11, 10, 10, 10)  # appointments of each dentist
LATE, MISSED, WALK_INS, EMERGENCIES = 5, 4, 8, 2
LATE_BY = 20
GIVEN_UP_AFTER = 30  # minutes after which the desk notes that somebody did not come
RUNS_LATE_FROM, RUNS_LATE_BY = 13 * 60, 20
CHAIR_FAILS_AT = 15 * 60
SEED = 20261122


@dataclass
class Coming:
    """One patient of the day. due: minute of the appointment, None without one; comes: minute of the arrival, None: never."""

    name: str
    dentist: int
    comes: int | None
    due: int | None = None
    sign: str = ""
    length: int = LENGTH


@dataclass
class Day:
    """Everybody who is expected or comes, and the day's mishaps."""

    comings: list[Coming] = field(default_factory=list)

    def booked(self) -> list[Coming]:
        return [one for one in self.comings if one.due is not None]

    def arrivals(self, minute: int) -> list[Coming]:
        return [one for one in self.comings if one.comes == minute]


def planned(names: list[str]) -> Day:
    """Return the day: 74 appointments, of which four are missed and five late, eight walk-ins, two emergencies: 80 visits."""
    dice, rest = random.Random(SEED), iter(names)
    day = Day()
    for dentist, count in enumerate(BOOKED):
        for number in range(count):
            due = OPENS + number * EVERY
            day.comings.append(Coming(next(rest), dentist, comes=_grid(due - dice.choice((5, 5, 10, 15, 0))), due=due))
    unusual = dice.sample([one for one in day.comings if OPENS + 60 < (one.due or 0) < CLOSES - 90], LATE + MISSED)
    for one in unusual[:LATE]:
        one.comes = (one.due or 0) + LATE_BY
    for one in unusual[LATE:]:
        one.comes = None
    for number in range(WALK_INS + EMERGENCIES):
        comes = _grid(OPENS + 40 + number * 45)
        sign = "emergency" if number in (3, 7) else "routine"
        day.comings.append(Coming(next(rest), -1, comes=comes, sign=sign, length=20))
    return day


def _grid(minute: int) -> int:
    return max(OPENS - 10, minute - minute % 5)
