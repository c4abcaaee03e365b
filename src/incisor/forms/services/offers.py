"""What a signed form says is taken over into the file, after a person at the desk looked at it."""

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.forms import queries
from incisor.forms.enums import FilledStatus, Source
from incisor.forms.models import FilledForm, Review
from incisor.forms.rules import Offer
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.patients import queries as patients
from incisor.patients import services as patient_files
from incisor.patients.models import Patient


class NothingToReview(Refused):
    """Somebody decided already, or the form is not signed."""

    code = "nothing_to_review"


@action(Permission.FORM_FILL)
def accept_offers(*, by: User, filled: FilledForm, keys: Collection[str], at: datetime) -> Review:
    """Take over what was ticked (keys of offers) and note that the rest was seen; the file keeps its own history.

    Raises NothingToReview; patients' WrongValue when the file refuses a value: then nothing was taken over.
    """
    row = FilledForm.objects.select_for_update(of=("self",)).get(pk=filled.pk)
    if row.status != FilledStatus.SIGNED or queries.review_of(row) is not None:
        raise NothingToReview(_("Somebody has decided about this form already."))
    patient = patients.patient(row.clinic, row.patient_id)
    offered = queries.offers(row, at=at)
    taken = [one for one in offered if one.key in set(keys)]
    done = {
        "alerts": _add_alerts(patient, [one for one in taken if one.is_alert], by=by, at=at),
        "fields": _change_file(patient, [one for one in taken if not one.is_alert], by=by, at=at),
    }
    made = Review.objects.create(
        filled=row,
        accepted_count=len(taken),
        offered_count=len(offered),
        done=json.dumps(done, ensure_ascii=False),
        by=by,
        at=at,
    )
    record(
        "form.reviewed",
        subject=row,
        patient_id=row.patient_id,
        after={"receipt": row.number, "accepted": [one.what for one in taken], "count": len(offered)},
    )
    live.touch(row.clinic_id, "day")
    return made


def _add_alerts(patient: Patient, offers: list[Offer], *, by: User, at: datetime) -> list[str]:
    before = {alert.pk for alert in patient.current_alerts}
    added = []
    for one in offers:
        text = "" if one.code else one.after
        alert = patient_files.add_alert(by=by, patient=patient, kind=one.what, code=one.code, text=text, at=at)
        if alert.pk not in before:
            added.append(str(alert.pk))
    return added


def _change_file(patient: Patient, offers: list[Offer], *, by: User, at: datetime) -> dict[str, str]:
    if not offers:
        return {}
    changes = {one.what: _value(one.what, one.after) for one in offers}
    patient_files.change_patient(by=by, patient=patient, version=patient.version, changes=changes, at=at)
    return {one.what: one.before for one in offers}


def _value(what: str, text: str) -> Any:
    if what == Source.BORN_ON:
        return date.fromisoformat(text) if text else None
    return text or ("unknown" if what == Source.SEX else "")


@action(Permission.FORM_FILL)
def take_back_offers(*, by: User, filled: FilledForm, at: datetime) -> None:
    """Take back what was taken over from a form; the form is offered again. Doing it twice changes nothing."""
    review = queries.review_of(filled)
    if review is None or not Review.objects.filter(pk=review.pk, taken_back_at=None).update(taken_back_at=at):
        return
    done = json.loads(review.done) if review.done else {"alerts": [], "fields": {}}
    patient = patients.patient(filled.clinic, filled.patient_id)
    for alert_id in done["alerts"]:
        patient_files.end_alert(by=by, alert=patients.alert(filled.clinic, patient.pk, alert_id), at=at)
    changes = {what: _value(what, before) for what, before in done["fields"].items()}
    if changes:
        patient_files.change_patient(by=by, patient=patient, version=patient.version, changes=changes, at=at)
    record("form.review_taken_back", subject=filled, patient_id=filled.patient_id, after={"receipt": filled.number})
    live.touch(filled.clinic_id, "day")
