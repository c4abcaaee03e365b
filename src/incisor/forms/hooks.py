"""Places of forms that upper apps fill in AppConfig.ready()."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from incisor.clinics.models import Clinic
from incisor.kernel.hooks import Entry, Place


@dataclass(frozen=True, kw_only=True)
class Plan(Entry):
    """What an app knows about procedures that lie ahead: find(clinic, patient_ids, at) returns patient → procedures.

    One query for all of them, please.
    """

    find: Callable[[Clinic, Collection[uuid.UUID], datetime], Mapping[uuid.UUID, Collection[uuid.UUID]]]


planned_procedures: Place[Plan] = Place("planned_procedures")
