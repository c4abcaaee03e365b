"""What a coming appointment of an import meets by what it is for: kept times, and daily limits that count the file too."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from incisor.clinics.models import Clinic
from incisor.kernel.clock import day_bounds
from incisor.kernel.spans import minute_of
from incisor.scheduling.queries.blocking import hindering
from incisor.scheduling.queries.limiting import counted, limits_for
from incisor.scheduling.rules import Counted, Limit, Need, Taken, full_days

Kinds = tuple[frozenset[str], ...]
Blocks = tuple[Mapping[Any, list[Taken]], Mapping[Any, list[Taken]]]


class HouseRules:
    """Blocks and limits by what is to be done; each is read once for rows that are for the same."""

    def __init__(self, clinic: Clinic, staff_ids: Sequence[Any], first: date, last: date, at: datetime) -> None:
        self.clinic, self.staff_ids = clinic, staff_ids
        self.first, self.last, self.now = first, last, minute_of(at)
        self._blocks: dict[Kinds, Blocks] = {}
        self._limits: dict[Kinds, list[Limit]] = {}
        self._booked: dict[date, list[Counted]] | None = None

    def blocks(self, need: Need) -> Blocks:
        """Return what stands in the way of such a booking, by dentist and by chair."""
        if need.kinds not in self._blocks:
            of_staff: dict[Any, list[Taken]] = defaultdict(list)
            of_chair: dict[Any, list[Taken]] = defaultdict(list)
            for dentist, chair, row in hindering(
                self.clinic, self.first, self.last, staff_ids=self.staff_ids, need=need, now=self.now
            ):
                (of_chair[chair] if chair is not None else of_staff[dentist]).append(row)
            self._blocks[need.kinds] = (of_staff, of_chair)
        return self._blocks[need.kinds]

    def full(self, need: Need, dentist: Any, day: date) -> Mapping[Any, tuple[Taken, ...]]:
        """Return the day, when it takes no more of it: booked ones and the rows before count."""
        limits = self._limits.get(need.kinds)
        if limits is None:
            limits = self._limits[need.kinds] = limits_for(self.clinic, need)
        if not limits:
            return {}
        start, end = day_bounds(day, self.clinic.zone)
        span = minute_of(start), minute_of(end)
        found = full_days(limits, self._counted()[day], [dentist])
        return {who: tuple(Taken(span, label=name) for name in days.values()) for who, days in found.items()}

    def took(self, need: Need, dentist: Any, day: date) -> None:
        """Count a row that stands."""
        kinds = frozenset(word for kind in need.kinds for word in kind)
        if kinds:
            self._counted()[day].append(Counted(day, dentist, kinds))

    def _counted(self) -> dict[date, list[Counted]]:
        if self._booked is None:
            self._booked = defaultdict(list)
            for row in counted(self.clinic, self.first, self.last):
                self._booked[row.day].append(row)
        return self._booked
