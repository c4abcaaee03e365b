"""Places of the visit that upper apps fill in AppConfig.ready()."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from incisor.clinics.models import Clinic
from incisor.kernel.hooks import Entry, Place
from incisor.visits.models import Visit


@dataclass(frozen=True, kw_only=True)
class PriceSource(Entry):
    """Where estimates of treatment plans come from: find(clinic, day) returns procedure → price of one, in fen."""

    find: Callable[[Clinic, date], Mapping[uuid.UUID, int]]


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What stands between a seated patient and the treatment. text: what is missing and what to do.

    url: the page on which it is put right, or the dentist says why the treatment goes on all the same.
    """

    key: str
    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class TreatmentCheck(Entry):
    """What must be in order before the treatment starts: find(visit, at) returns what is not; empty lets it start."""

    find: Callable[[Visit, datetime], Sequence[Obstacle]]


price_of: Place[PriceSource] = Place("price_of")
before_treatment: Place[TreatmentCheck] = Place("before_treatment")
