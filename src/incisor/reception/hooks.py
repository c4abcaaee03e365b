"""Places of the desk that upper apps fill in AppConfig.ready()."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from incisor.clinics.models import Clinic
from incisor.kernel.hooks import Entry, Place


class ArrivalWord(NamedTuple):
    """Something to see to when a patient comes. level: alert, warning or info."""

    level: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ArrivalNotice(Entry):
    """What an app wants pointed out at check-in: find(clinic, patients, at) → patient → words; one query."""

    find: Callable[[Clinic, Collection[Any], datetime], Mapping[uuid.UUID, Sequence[ArrivalWord]]]


arrival_notices: Place[ArrivalNotice] = Place("arrival_notices")
