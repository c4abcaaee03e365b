"""Calling, and the order of the queue."""

from collections.abc import Hashable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.errors import Refused
from incisor.patients.queries import shown_name
from incisor.reception import queries
from incisor.reception.rules.queue import next_to_call, place_on_return, rank_first, rank_last
from incisor.reception.rules.triage import level_of
from incisor.staff.models import StaffMember
from incisor.visits import services as visits
from incisor.visits.enums import QUEUED, StepVerb, VisitStatus
from incisor.visits.models import Visit, VisitStep

DESK_OR_CHAIR = (Permission.CHAIR_WORK,)


class NobodyWaits(Refused):
    """The queue is empty."""

    code = "nobody_waits"


class NotCalled(Refused):
    """Only who was called can be called again, or be missing."""

    code = "not_called"


class NotParked(Refused):
    """The patient stands in the queue already."""

    code = "not_parked"


class SameDentist(Refused):
    """The patient goes to this dentist already."""

    code = "same_dentist"


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
    rules = queries.flow_rules(clinic)
    while first := next_to_call(
        (queries.waiting_entry(visit, rules) for visit in waiting.values()), busy=busy if dentist is None else ()
    ):
        try:
            return visits.take_step(by=by, visit=waiting.pop(first.key), to=VisitStatus.CALLED, at=at)
        except visits.StepTaken:
            continue  # another desk has just called this one
    raise NobodyWaits(_("Nobody is waiting."))


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def call_again(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Call once more who was called and has not come. Raises NotCalled, StepTaken."""
    _only_if_called(visit)
    return visits.take_step_in_place(
        by=by,
        visit=visit,
        verb=StepVerb.CALL_AGAIN,
        values={"called_at": at, "calls": visit.calls + 1},
        at=at,
    )


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def call_back(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Let a called patient who is not wanted yet wait on, in the own place."""
    return visits.take_step(by=by, visit=visit, to=VisitStatus.WAITING, at=at)


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def park(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Put aside who was called and is not there: others are called meanwhile, nobody is lost. Raises NotCalled."""
    _only_if_called(visit)
    return visits.take_step(
        by=by, visit=visit, to=VisitStatus.WAITING, verb=StepVerb.PARK, more={"parked_at": at}, at=at
    )


def _only_if_called(visit: Visit) -> None:
    if visit.status != VisitStatus.CALLED:
        raise NotCalled(
            _("%(patient)s is “%(now)s” and was not called. Look at the board again.")
            % {"patient": shown_name(visit.patient), "now": VisitStatus(visit.status).label}
        )


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def return_to_queue(*, by: User, visit: Visit, at: datetime) -> VisitStep:
    """Take back into the queue who was not there: in the own place, but behind the next who wait (FlowRules.park_return).

    Raises NotParked, StepTaken.
    """
    if visit.parked_at is None or visit.status != VisitStatus.WAITING:
        raise NotParked(_("%(patient)s is in the queue already.") % {"patient": shown_name(visit.patient)})
    rules = queries.flow_rules(visit.clinic)
    others = [
        queries.waiting_entry(other, rules)
        for other in queries.waiting_now(visit.clinic, at)
        if other.pk != visit.pk and _same_queue(visit, other)
    ]
    rank, place = place_on_return(queries.waiting_entry(visit, rules), others, behind=rules.park_return)
    values = {"parked_at": None, "queue_rank": rank, "place_at": place}
    return visits.take_step_in_place(by=by, visit=visit, verb=StepVerb.RETURN, values=values, at=at)


def _same_queue(visit: Visit, other: Visit) -> bool:
    """Whether the two wait for the same dentist: only then does one go before the other."""
    return visit.dentist_id is None or other.dentist_id in {None, visit.dentist_id}


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def redirect_patient(
    *, by: User, visit: Visit, dentist: StaffMember | None, at: datetime, reason: str = ""
) -> VisitStep:
    """Send somebody who waits to another dentist, or to whoever is free first (None); the place in the queue stays.

    Who was called already waits on: the call named another chair. Raises SameDentist, StepImpossible, StepTaken.
    """
    wanted = dentist.pk if dentist is not None else None
    if visit.status not in QUEUED:
        raise visits.StepImpossible(_("%(patient)s is not waiting any more.") % {"patient": shown_name(visit.patient)})
    if visit.dentist_id == wanted:
        raise SameDentist(_("%(patient)s waits for this dentist already.") % {"patient": shown_name(visit.patient)})
    values = {"dentist_id": wanted}
    if visit.status == VisitStatus.WAITING:
        return visits.take_step_in_place(
            by=by, visit=visit, verb=StepVerb.REDIRECT, values=values, reason=reason, at=at
        )
    return visits.take_step(
        by=by, visit=visit, to=VisitStatus.WAITING, verb=StepVerb.REDIRECT, more=values, reason=reason, at=at
    )


@action(Permission.RECEPTION_WORK)
def reorder(*, by: User, visit: Visit, place: str, reason: str, at: datetime) -> VisitStep:
    """Put a waiting patient first, last, or back into the ordinary place. place: "first", "last", "ordinary".

    Raises ReorderNeedsReason, ChangedMeanwhile.
    """
    words = reason.strip()
    if not words:
        raise ReorderNeedsReason(_("Say why the order is changed."))
    rules = queries.flow_rules(visit.clinic)
    waiting = queries.waiting_now(visit.clinic, at)
    others = [queries.waiting_entry(other, rules) for other in waiting if other.pk != visit.pk]
    ranks = {"first": rank_first(others), "last": rank_last(others), "ordinary": 0}
    return visits.put_in_queue(by=by, visit=visit, rank=ranks[place], reason=words, at=at)


@action(Permission.RECEPTION_WORK, or_else=DESK_OR_CHAIR)
def triage(*, by: User, visit: Visit, signs: Sequence[str], at: datetime, urgency: str | None = None) -> VisitStep:
    """Judge anew how urgent a patient is who is here already. urgency: None lets the signs decide.

    Raises visits.StepImpossible for somebody who does not wait any more.
    """
    level = urgency or level_of(signs, queries.signs_by_key(visit.clinic))
    return visits.set_urgency(by=by, visit=visit, urgency=level, signs=list(signs), at=at)
