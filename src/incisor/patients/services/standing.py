"""What the clinic agrees with a patient: membership, points, restrictions (PAT-12)."""

from datetime import date, datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.kernel import clock, events, live
from incisor.kernel.errors import NotFound, Refused
from incisor.patients.enums import RestrictionKind
from incisor.patients.events import PatientStandingChanged
from incisor.patients.models import Membership, MembershipLevel, Patient, PointEntry, Restriction
from incisor.patients.services._values import WrongValue

REASON_LENGTH = 120
POINTS_AT_MOST = 1_000_000


class NotEnoughPoints(Refused):
    """The patient has fewer points than are to be taken. details: have."""

    code = "not_enough_points"


class AlreadyReversed(Refused):
    """The entry was reversed, or is itself a reversal."""

    code = "already_reversed"


class AlreadyRestricted(Refused):
    """A restriction of this kind is in force."""

    code = "already_restricted"


@action(Permission.PATIENT_STANDING)
def set_membership(
    *,
    by: User,
    patient: Patient,
    level: MembershipLevel | None,
    at: datetime,
    last_on: date | None = None,
    reason: str = "",
) -> Membership | None:
    """Give the patient a level, in place of the one before; None ends it. Raises WrongValue."""
    _lock(patient)
    if level is not None and level.clinic_id != patient.clinic_id:
        raise NotFound()
    words = _reason(reason, required=False)
    before = Membership.objects.filter(patient=patient, ended_at=None).select_related("level").first()
    if before is not None and level is not None and (before.level_id, before.last_on) == (level.pk, last_on):
        return before
    if before is not None:
        Membership.objects.filter(pk=before.pk).update(ended_at=at, ended_by=by)
    made = None
    if level is not None:
        made = Membership.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            level=level,
            last_on=last_on,
            reason=words,
            given_by=by,
            given_at=at,
        )
    record(
        "patient.membership_set",
        subject=made or patient,
        patient_id=patient.pk,
        before={"level": before.level.name if before else ""},
        after={
            "level": level.name if level else "",
            "last_on": last_on.isoformat() if last_on else "",
            "reason": words,
        },
    )
    _tell(patient, at)
    return made


@action(Permission.PATIENT_STANDING)
def undo_membership(*, by: User, patient: Patient, at: datetime) -> None:
    """Put the membership before the last change back."""
    _lock(patient)
    newest = Membership.objects.filter(patient=patient).order_by("-given_at", "-pk").first()
    if newest is None:
        return
    if newest.ended_at is not None:  # the last change was its end
        back: Membership | None = newest
    else:
        back = Membership.objects.filter(patient=patient, ended_at=newest.given_at).exclude(pk=newest.pk).first()
        Membership.objects.filter(pk=newest.pk).update(ended_at=at, ended_by=by)
    if back is not None:
        Membership.objects.filter(pk=back.pk).update(ended_at=None, ended_by=None)
    record("patient.membership_undone", subject=back or patient, patient_id=patient.pk)
    _tell(patient, at)


@action(Permission.PATIENT_STANDING)
def add_points(*, by: User, patient: Patient, points: int, reason: str, at: datetime) -> PointEntry:
    """Give points (positive) or take them (negative), with a reason. Raises NotEnoughPoints, WrongValue."""
    if points == 0 or abs(points) > POINTS_AT_MOST:
        raise WrongValue("points", _("Type how many points: 100, or -100 to take them."))
    words = _reason(reason, required=True)
    _lock(patient)
    _refuse_below_zero(patient, points)
    entry = PointEntry.objects.create(
        clinic_id=patient.clinic_id, patient=patient, points=points, reason=words, by=by, at=at
    )
    record("patient.points_added", subject=entry, patient_id=patient.pk, after={"points": points, "reason": words})
    return entry


@action(Permission.PATIENT_STANDING)
def reverse_points(*, by: User, entry: PointEntry, at: datetime) -> PointEntry:
    """Reverse an entry by another one that names it. Raises AlreadyReversed, NotEnoughPoints."""
    _lock(entry.patient)
    if entry.reverses_id is not None or PointEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed(_("This entry is reversed already. Give or take the points anew if they are due."))
    _refuse_below_zero(entry.patient, -entry.points)
    back = PointEntry.objects.create(
        clinic_id=entry.clinic_id,
        patient=entry.patient,
        points=-entry.points,
        reason=entry.reason,
        reverses=entry,
        by=by,
        at=at,
    )
    record(
        "patient.points_reversed",
        subject=back,
        patient_id=entry.patient_id,
        after={"points": -entry.points, "reason": entry.reason},
    )
    return back


def _refuse_below_zero(patient: Patient, points: int) -> None:
    have: int = PointEntry.objects.filter(patient=patient).aggregate(total=Sum("points"))["total"] or 0
    if have + points < 0:
        raise NotEnoughPoints(
            _("There are only %(count)d points. Take at most as many.") % {"count": have}, have=have, field="points"
        )


@action(Permission.PATIENT_STANDING)
def restrict(
    *, by: User, patient: Patient, kind: str, reason: str, at: datetime, last_on: date | None = None
) -> Restriction:
    """Ask something of the patient before an appointment stands, with a reason, until a day or until it is lifted.

    Raises AlreadyRestricted, WrongValue."""
    if kind not in RestrictionKind.values:
        raise WrongValue("kind", _("Choose what is asked of the patient."))
    words = _reason(reason, required=True)
    _lock(patient)
    today = clock.local(at, patient.clinic.zone).date()
    if last_on is not None and last_on < today:
        raise WrongValue("last_on", _("The last day lies in the past."))
    in_force = Restriction.objects.filter(patient=patient, kind=kind, ended_at=None)
    in_force.filter(last_on__lt=today).update(ended_at=at, ended_by=by)  # over by itself: makes room for a new one
    if in_force.exists():
        raise AlreadyRestricted(_("This is in force already. Lift it first, then set it anew with the new reason."))
    made = Restriction.objects.create(
        clinic_id=patient.clinic_id, patient=patient, kind=kind, reason=words, last_on=last_on, set_by=by, set_at=at
    )
    record(
        "patient.restricted",
        subject=made,
        patient_id=patient.pk,
        after={"kind": kind, "last_on": last_on.isoformat() if last_on else ""},
    )
    _tell(patient, at)
    return made


@action(Permission.PATIENT_STANDING)
def lift_restriction(*, by: User, restriction: Restriction, at: datetime) -> None:
    """End a restriction. Twice changes nothing."""
    if Restriction.objects.filter(pk=restriction.pk, ended_at=None).update(ended_at=at, ended_by=by):
        record(
            "patient.restriction_lifted",
            subject=restriction,
            patient_id=restriction.patient_id,
            before={"kind": restriction.kind},
        )
        _tell(restriction.patient, at)


@action(Permission.PATIENT_STANDING)
def resume_restriction(*, by: User, restriction: Restriction, at: datetime) -> None:
    """Take back that a restriction was lifted. Raises AlreadyRestricted."""
    _lock(restriction.patient)
    same = Restriction.objects.filter(patient=restriction.patient, kind=restriction.kind, ended_at=None)
    if same.exclude(pk=restriction.pk).exists():
        raise AlreadyRestricted(_("This is in force already. Lift it first, then set it anew with the new reason."))
    if Restriction.objects.filter(pk=restriction.pk).exclude(ended_at=None).update(ended_at=None, ended_by=None):
        record(
            "patient.restricted",
            subject=restriction,
            patient_id=restriction.patient_id,
            after={"kind": restriction.kind},
        )
        _tell(restriction.patient, at)


def _lock(patient: Patient) -> None:
    Patient.objects.select_for_update().get(pk=patient.pk)


def _reason(text: str, *, required: bool) -> str:
    words = " ".join(text.split())
    if required and not words:
        raise WrongValue("reason", _("Say why, in a few words. Whoever asks later will read it."))
    if len(words) > REASON_LENGTH:
        raise WrongValue("reason", _("At most %(length)d characters.") % {"length": REASON_LENGTH})
    return words


def _tell(patient: Patient, at: datetime) -> None:
    events.publish(PatientStandingChanged(clinic_id=patient.clinic_id, patient_id=patient.pk, at=at))
    live.touch(patient.clinic_id, "day")
