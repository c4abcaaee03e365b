"""Calling, and the order of the queue."""

from collections.abc import Hashable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.errors import Refused
from incisor.reception import queries
from incisor.reception.rules.queue import next_to_call, rank_first, rank_last
from incisor.reception.rules.triage import level_of
from incisor.staff.models import StaffMember
from incisor.visits import services as visits
from incisor.visits.enums import VisitStatus
from incisor.visits.models import Visit, VisitStep

DESK_OR_CHAIR = (Permission.CHAIR_WORK,)


class NobodyWaits(Refused):
    """The queue is empty."""

    code = "nobody_waits"


class ReorderNeedsReason(Refused):
    """Whoever changes the order of the queue says why."""

    code = "reorder_needs_reason"


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def call_patient(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Call a waiting patient to the chair. Raises StepTaken when another screen was faster."""
    return visits.take_step(by=by, visit=visit, to=VisitStatus.CALLED, at=at)


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def call_next(*, by: User, clinic: Clinic, at: datetime, dentist: StaffMember | None = None) -> VisitStep:
    """Call whoever is next by REC-5. dentist: only the dentist's own patients and those without one.

    Two desks that press the key at once call two different patients. Raises NobodyWaits.
    """
    waiting: dict[Hashable, Visit] = {visit.pk: visit for visit in queries.waiting_now(clinic, at, dentist=dentist)}
    busy = queries.busy_dentists(clinic, at)
    while first := next_to_call(
        (queries.waiting_entry(visit) for visit in waiting.values()), busy=busy if dentist is None else ()
    ):
        try:
            return visits.take_step(by=by, visit=waiting.pop(first.key), to=VisitStatus.CALLED, at=at)
        except visits.StepTaken:
            continue  # another desk has just called this one
    raise NobodyWaits(_("Nobody is waiting."))


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def call_back(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Let a called patient who did not come wait on."""
    return visits.take_step(by=by, visit=visit, to=VisitStatus.WAITING, at=at)


@action(Permission.RECEPTION_WORK)
def reorder(*, by: User, visit: Visit, place: str, reason: str, at: datetime) -> Visit:
    """Put a waiting patient first, last, or back into the ordinary place. place: "first", "last", "ordinary".

    Raises ReorderNeedsReason, ChangedMeanwhile.
    """
    words = reason.strip()
    if not words:
        raise ReorderNeedsReason(_("Say why the order is changed."))
    others = [queries.waiting_entry(other) for other in queries.waiting_now(visit.clinic, at) if other.pk != visit.pk]
    ranks = {"first": rank_first(others), "last": rank_last(others), "ordinary": 0}
    return visits.put_in_queue(by=by, visit=visit, rank=ranks[place], reason=words, at=at)


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def triage(*, by: User, visit: Visit, signs: Sequence[str], at: datetime, urgency: str | None = None) -> Visit:
    """Judge anew how urgent a patient is who is here already. urgency: None lets the signs decide."""
    level = urgency or level_of(signs, queries.signs_by_key())
    return visits.set_urgency(by=by, visit=visit, urgency=level, signs=list(signs), at=at)
