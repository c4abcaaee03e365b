"""A patient comes: the visit begins, gets its number, its urgency and its place in the queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.kernel import events, live
from incisor.kernel.clock import business_date
from incisor.kernel.db.constraints import violated_constraint
from incisor.kernel.errors import ChangedMeanwhile, Refused
from incisor.kernel.numbers import next_number
from incisor.patients.models import Patient
from incisor.patients.queries import shown_name
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits import queries
from incisor.visits.enums import QUEUED, ArrivalChannel, StepVerb, Urgency, VisitKind, VisitStatus
from incisor.visits.events import VisitBegun
from incisor.visits.models import Visit, VisitStep
from incisor.visits.rules.kinds import visit_kind
from incisor.visits.services._writing import NoteIsSigned, signed_note, who_signed
from incisor.visits.services.steps import UndoImpossible, take_step_in_place


class AlreadyHere(Refused):
    """The patient waits already, or the appointment has its visit."""

    code = "already_here"


@action(Permission.RECEPTION_WORK)
def begin_visit(
    *,
    by: User,
    clinic: Clinic,
    patient: Patient,
    at: datetime,
    appointment: Appointment | None = None,
    dentist: StaffMember | None = None,
    urgency: str = Urgency.ROUTINE,
    kind: str | None = None,
    complaint: str = "",
    signs: Sequence[str] = (),
    restore: Mapping[str, str] | None = None,
    arrival: str = ArrivalChannel.DESK,
    due_at: datetime | None = None,
) -> Visit:
    """Begin a visit: the patient is here and waits, with a queue number of the clinic and business date.

    kind: None lets PAT-5 decide. arrival: by what way the patient said so. due_at: None takes the appointment's time.
    restore: what undoing this has to restore elsewhere. Raises AlreadyHere, NotFound.
    """
    queries.lock_patient(clinic, patient.pk)
    waiting = Visit.objects.filter(clinic=clinic, patient=patient, status__in=QUEUED)
    here = waiting.first() if appointment is None else queries.visit_of_appointment(clinic, appointment)
    if here is not None:
        raise AlreadyHere(
            _("%(patient)s is here already, with number %(number)s.")
            % {"patient": shown_name(patient), "number": here.queue_number},
            visit_id=here.pk,
        )
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    chosen = VisitKind(kind) if kind else _kind_of(clinic, patient, appointment, day)
    visit = Visit(
        clinic=clinic,
        patient=patient,
        appointment=appointment,
        dentist=dentist or (appointment.dentist if appointment else None),
        business_date=day,
        queue_number=next_number(clinic_id=clinic.pk, series="queue", period=day.isoformat()),
        kind=chosen,
        urgency=Urgency(urgency),
        signs=list(signs),
        complaint=complaint.strip(),
        due_at=due_at or (appointment.starts_at if appointment else None),
        arrived_at=at,
        arrival=ArrivalChannel(arrival),
    )
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as failure:
        if "appointment" not in violated_constraint(failure):
            raise
        raise AlreadyHere(_("%(patient)s is here already.") % {"patient": shown_name(patient)}) from failure
    step = VisitStep(visit=visit, to_status=VisitStatus.WAITING, before=dict(restore or {}), by=by, at=at)
    step.save(force_insert=True)
    record(
        "visit.begun",
        subject=visit,
        patient_id=patient.pk,
        after={"queue_number": visit.queue_number, "urgency": visit.urgency, "kind": visit.kind},
    )
    events.publish(VisitBegun(clinic_id=clinic.pk, visit_id=visit.pk, patient_id=patient.pk, at=at))
    live.touch(clinic.pk, "day")
    return visit


def _kind_of(clinic: Clinic, patient: Patient, appointment: Appointment | None, day: Any) -> VisitKind:
    booked = queries.booked_procedures(appointment) if appointment else []
    return visit_kind(
        last_seen_on=queries.last_seen_on(clinic, patient),
        on=day,
        procedures=[procedure.code for procedure in booked],
        specialties=[procedure.specialty for procedure in booked],
    )


@action(Permission.RECEPTION_WORK)
def withdraw_visit(*, by: User, visit: Visit, at: datetime) -> dict[str, Any]:
    """Take back the beginning of a visit: it was a mistake. Its number is not given out again.

    Return what has to be restored elsewhere. Raises UndoImpossible once something followed.
    """
    step = visit.steps.filter(undone_at=None).order_by("-at", "-pk").first()
    if step is None or step.from_status or visit.status != VisitStatus.WAITING:
        raise UndoImpossible(_("Something else has happened to this visit since. Open it to see what."))
    done = Visit.objects.filter(pk=visit.pk, status=VisitStatus.WAITING).update(
        status=VisitStatus.WITHDRAWN, closed_at=at, version=F("version") + 1
    )
    taken = VisitStep.objects.filter(pk=step.pk, undone_at=None).update(undone_at=at, undone_by=by)
    if not (done and taken):
        raise UndoImpossible(_("Somebody else changed this visit first."))
    visit.refresh_from_db()
    record("visit.withdrawn", subject=visit, patient_id=visit.patient_id, after={"queue_number": visit.queue_number})
    live.touch(visit.clinic_id, "day")
    return dict(step.before)


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def set_urgency(*, by: User, visit: Visit, urgency: str, signs: Sequence[str], at: datetime) -> VisitStep:
    """Judge anew how urgent it is for somebody who waits (REC-3). Raises StepImpossible, StepTaken."""
    values = {"urgency": Urgency(urgency).value, "signs": list(signs)}
    return take_step_in_place(by=by, visit=visit, verb=StepVerb.TRIAGE, values=values, at=at)


@action(Permission.RECEPTION_WORK)
def put_in_queue(*, by: User, visit: Visit, rank: int, reason: str, at: datetime) -> VisitStep:
    """Give a waiting patient another place in the queue. rank: smaller is earlier, 0 is the ordinary place."""
    if visit.status not in QUEUED:
        raise ChangedMeanwhile(_("%(patient)s is not waiting any more.") % {"patient": shown_name(visit.patient)})
    values = {"queue_rank": rank, "place_at": None}
    return take_step_in_place(by=by, visit=visit, verb=StepVerb.REORDER, values=values, reason=reason, at=at)


@action(Permission.RECEPTION_WORK, or_else=(Permission.CHAIR_WORK,))
def correct_visit(
    *,
    by: User,
    visit: Visit,
    at: datetime,
    dentist: StaffMember | None = None,
    kind: str | None = None,
    desk_note: str | None = None,
) -> Visit:
    """Change the dentist, the kind or the note between chair and desk.

    A signed record says who treated and what kind of visit it was: these two stay. Raises NoteIsSigned.
    """
    names = {
        "dentist_id": dentist.pk if dentist else None,
        "kind": VisitKind(kind) if kind else None,
        "desk_note": desk_note,
    }
    values = {name: value for name, value in names.items() if value is not None}
    before = {name: str(getattr(visit, name)) for name in values}
    if any(str(values[name]) != before[name] for name in ("dentist_id", "kind") if name in values):
        _refuse_when_signed(visit)
    _change(visit, values)
    record(
        "visit.corrected",
        subject=visit,
        patient_id=visit.patient_id,
        before=before,
        after={name: str(value) for name, value in values.items()},
    )
    return visit


def _refuse_when_signed(visit: Visit) -> None:
    Visit.objects.select_for_update(no_key=True, of=("self",)).filter(pk=visit.pk).first()
    signed = signed_note(visit)
    if signed is not None:
        raise NoteIsSigned(
            _(
                "%(who)s signed the record of this visit at %(time)s: its dentist and kind can no longer be changed. "
                "Your word to the chair can: leave these two as they are."
            )
            % who_signed(signed)
        )


@action(Permission.RECEPTION_WORK)
def set_due(*, by: User, visit: Visit, due_at: datetime, dentist: StaffMember, at: datetime) -> Visit:
    """Let a waiting patient be due at another time of today, with that dentist."""
    if visit.status not in QUEUED:
        raise ChangedMeanwhile(_("%(patient)s is not waiting any more.") % {"patient": shown_name(visit.patient)})
    before = {"due_at": visit.due_at.isoformat() if visit.due_at else None, "dentist_id": str(visit.dentist_id)}
    _change(visit, {"due_at": due_at, "dentist_id": dentist.pk})
    record(
        "visit.due_set",
        subject=visit,
        patient_id=visit.patient_id,
        before=before,
        after={"due_at": due_at.isoformat(), "dentist_id": str(dentist.pk)},
    )
    return visit


def _change(visit: Visit, values: dict[str, Any]) -> None:
    """Write values that are no step, if the visit is still in the same status."""
    written = Visit.objects.filter(pk=visit.pk, status=visit.status).update(**values, version=F("version") + 1)
    if not written:
        raise ChangedMeanwhile(_("Somebody else changed this visit first. Look again."))
    visit.refresh_from_db(fields=[*values, "version"])
    live.touch(visit.clinic_id, "day")
