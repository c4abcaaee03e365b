"""Incoming calls: reported by the telephone system, taken and ended by people."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic, Device
from incisor.enquiries.enums import CallState
from incisor.enquiries.models import PhoneCall
from incisor.enquiries.queries import number_index, only_patient_of
from incisor.kernel import live
from incisor.kernel.errors import Refused
from incisor.patients.models import Patient
from incisor.patients.rules import clean_phone


class CallGone(Refused):
    """There is no such call to take."""

    code = "call_gone"


def report_call(*, device: Device, line_id: str, number: str, state: str, at: datetime) -> PhoneCall:
    """Keep what the telephone system says: a call rings, was taken, ended. Said twice it stands once. The key is the guard.

    state: ringing, taken or ended; a call that ends while it rings was missed. Later news never turns a call back.
    """
    clinic = device.clinic
    with transaction.atomic():
        call = _of_line(device, clinic, line_id=line_id, number=number, at=at)
        before = call.state
        if state == CallState.TAKEN and call.state == CallState.RINGING:
            call.state, call.taken_at = CallState.TAKEN, at
        elif state == CallState.ENDED and call.state in (CallState.RINGING, CallState.TAKEN):
            call.state = CallState.ENDED if call.state == CallState.TAKEN else CallState.MISSED
            call.ended_at = at
        if call.state != before:
            call.save(update_fields=["state", "taken_at", "ended_at"])
        live.touch(clinic.pk, "calls")
        live.flush()
    return call


def _of_line(device: Device, clinic: Clinic, *, line_id: str, number: str, at: datetime) -> PhoneCall:
    known = PhoneCall.objects.select_for_update().filter(device=device, line_id=line_id).first() if line_id else None
    if known is not None:
        return known
    kept = clean_phone(number)
    fresh = PhoneCall(
        clinic=clinic, device=device, line_id=line_id, number=kept, number_index=number_index(kept),
        patient=only_patient_of(clinic, kept), state=CallState.RINGING, began_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:  # two reports of one call at once
        return PhoneCall.objects.select_for_update().get(device=device, line_id=line_id)
    return fresh


@action(Permission.DESK_USE)
def take_call(
    *,
    by: User,
    clinic: Clinic,
    call: PhoneCall | None = None,
    number: str = "",
    patient: Patient | None = None,
    at: datetime,
) -> PhoneCall:
    """Take the ringing call, or note by hand that somebody is on the line. One's earlier call ends with it.

    Raises CallGone when somebody else has taken it.
    """
    _hang_up(by, clinic, at)
    if call is None:
        kept = clean_phone(number)
        call = PhoneCall.objects.create(
            clinic=clinic, number=kept, number_index=number_index(kept), state=CallState.TAKEN, began_at=at, taken_at=at,
            patient=patient or only_patient_of(clinic, kept), taken_by=by,
        )  # fmt: skip
    else:
        open_ones = PhoneCall.objects.filter(
            pk=call.pk, clinic=clinic, taken_by=None, state__in=[CallState.RINGING, CallState.TAKEN]
        )
        if not open_ones.update(state=CallState.TAKEN, taken_by=by, taken_at=at):
            raise CallGone(_("Somebody else has this call, or the caller has hung up."))
        call.refresh_from_db()
    record("call.taken", subject=call, patient_id=call.patient_id)
    live.touch(clinic.pk, "calls")
    return call


@action(Permission.DESK_USE)
def end_call(*, by: User, call: PhoneCall, at: datetime) -> None:
    """Put the receiver down: what is done from now on no longer belongs to this call."""
    _hang_up(by, call.clinic, at)
    live.touch(call.clinic_id, "calls")


def _hang_up(by: User, clinic: Clinic, at: datetime) -> None:
    PhoneCall.objects.filter(clinic=clinic, taken_by=by, state=CallState.TAKEN).update(
        state=CallState.ENDED, ended_at=at
    )
