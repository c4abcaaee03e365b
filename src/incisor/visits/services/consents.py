"""Treatment without a signed consent: a dentist says why."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Procedure
from incisor.kernel import live
from incisor.kernel.errors import NotFound, Refused
from incisor.visits.models import ConsentOverrule, Visit
from incisor.visits.queries.consents import consents_of

SHORTEST_REASON = 4


class OverruleReasonNeeded(Refused):
    """A treatment without consent has a reason that somebody else can understand."""

    code = "overrule_reason_needed"
    status = 422


@action(Permission.NOTE_WRITE)
def overrule_consent(*, by: User, visit: Visit, procedure: Procedure, reason: str, at: datetime) -> ConsentOverrule:
    """Let a procedure start without a signed consent at this visit. A second reason returns the first.

    Raises OverruleReasonNeeded, and NotFound when the visit needs no consent to that procedure.
    """
    why = " ".join(reason.split())[:300]
    if len(why) < SHORTEST_REASON:
        raise OverruleReasonNeeded(_("Say why it starts without a signature, for example “Paper form signed today”."))
    if procedure.pk not in {one.procedure.pk for one in consents_of(visit, at)}:
        raise NotFound()
    try:
        with transaction.atomic():
            made = ConsentOverrule.objects.create(
                clinic_id=visit.clinic_id, visit=visit, procedure=procedure, reason=why, by=by, at=at
            )
    except IntegrityError:
        return ConsentOverrule.objects.get(visit=visit, procedure=procedure, taken_back_at=None)
    record(
        "consent.overruled",
        subject=visit,
        patient_id=visit.patient_id,
        after={"procedure": procedure.code, "reason": why},
    )
    live.touch(visit.clinic_id, "day")
    return made


@action(Permission.NOTE_WRITE)
def take_back_overrule(*, by: User, overrule: ConsentOverrule, at: datetime) -> None:
    """Take the reason back: the consent is missing again. Raises NotFound when somebody did already."""
    written = ConsentOverrule.objects.filter(pk=overrule.pk, taken_back_at=None)
    if not written.update(taken_back_at=at, taken_back_by=by):
        raise NotFound()
    record(
        "consent.overrule_taken_back",
        subject=overrule.visit,
        patient_id=overrule.visit.patient_id,
        after={"procedure": overrule.procedure.code, "reason": ""},
    )
    live.touch(overrule.clinic_id, "day")
