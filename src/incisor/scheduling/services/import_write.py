"""Importing appointments, second half: writing a portion of rows, and taking it back."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.clinics.queries import chairs as chairs_of
from incisor.clinics.queries import lock_chairs
from incisor.kernel import events
from incisor.patients.enums import RowOutcome
from incisor.patients.hooks import CheckedRow, ImportKind, Layout, Problem, WrittenRow
from incisor.patients.models import Patient
from incisor.patients.queries import OLD_NUMBER
from incisor.patients.rules import open_dental
from incisor.scheduling.enums import BookingChannel, ChangeKind
from incisor.scheduling.events import AppointmentsImported
from incisor.scheduling.models import Appointment, AppointmentChange, AppointmentItem
from incisor.scheduling.rules import occupying
from incisor.scheduling.services.import_check import FIELDS, check, import_need, is_coming, known_of, refuse_overlaps
from incisor.scheduling.services.recording import facts_of
from incisor.staff.queries import lock_dentists


def write(by: User, clinic: Clinic, batch_id: uuid.UUID, rows: list[CheckedRow], at: datetime) -> list[WrittenRow]:
    """Write a portion: lock who and what it takes, check once more, then write with bulk statements."""
    todo = [row for row in rows if row.planned == RowOutcome.CREATED]
    lock_dentists({row.values["dentist"].pk for row in todo})
    lock_chairs(clinic, [row.pk for row in chairs_of(clinic)])
    ids = {row.values["patient"].pk for row in todo}
    list(Patient.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    refuse_overlaps(clinic, known_of(clinic, []), todo, at)
    written = [
        WrittenRow(number=row.number, outcome=RowOutcome.UNCHANGED)
        for row in rows
        if row.planned == RowOutcome.UNCHANGED
    ]
    written += [
        WrittenRow(number=row.number, outcome=RowOutcome.REFUSED, problems=row.problems) for row in todo if row.problems
    ]
    made = [(row, _appointment(row, clinic, batch_id, by, at)) for row in todo if not row.problems]
    Appointment.objects.bulk_create([one for _row, one in made], batch_size=500)
    AppointmentItem.objects.bulk_create(
        AppointmentItem(appointment=one, procedure=row.values["procedure"])
        for row, one in made
        if row.values["procedure"]
    )
    AppointmentChange.objects.bulk_create(
        AppointmentChange(
            appointment=one, kind=ChangeKind.BOOKED, to_status=one.status, after=facts_of(one), by=by, at=at,
            reason=one.overbook_reason,
        )
        for _row, one in made
    )  # fmt: skip
    coming = tuple(one.pk for row, one in made if is_coming(row, at))
    if coming:
        events.publish(AppointmentsImported(clinic_id=clinic.pk, appointment_ids=coming, at=at))
    return written + [
        WrittenRow(number=row.number, outcome=RowOutcome.CREATED, result_id=one.pk, before={"version": 1})
        for row, one in made
    ]


def _appointment(row: CheckedRow, clinic: Clinic, batch_id: uuid.UUID, by: User, at: datetime) -> Appointment:
    values = row.values
    comes = is_coming(row, at)
    accepted = values.get("accepted", [])
    need = import_need(values)
    times = occupying(values["starts_at"], need)
    if not comes:  # what has been takes up no more than it did
        times["blocked_from"], times["blocked_until"] = times["starts_at"], times["ends_at"]
    return Appointment(
        clinic=clinic,
        patient=values["patient"],
        dentist=values["dentist"],
        chair=values["chair"],
        **times,
        status=values["status"],
        channel=BookingChannel.IMPORT,
        need=values["need"],
        note=values["note"],
        # an old calendar may hold two at a time: history is written as it was
        is_overbooked=bool(accepted) or not comes,
        overbook_reason=(_("Import: %(reasons)s") % {"reasons": " ".join(accepted)})[:200] if accepted else "",
        external_id=values["external_id"],
        import_batch_id=batch_id,
        created_by=by,
        created_at=at,
    )


def reverse(by: User, clinic: Clinic, rows: list[WrittenRow], at: datetime) -> list[WrittenRow]:
    """Take a portion back: what was used or changed since is kept and named."""
    ids = [row.result_id for row in rows if row.result_id]
    there = (
        Appointment.objects.select_for_update(of=("self",)).filter(clinic=clinic, pk__in=ids).order_by("pk").in_bulk()
    )
    for row in rows:
        one = there.get(row.result_id) if row.result_id else None
        row.outcome = RowOutcome.REMOVED
        if one is None:
            continue
        try:
            with transaction.atomic():
                if one.version != row.before.get("version"):
                    raise ProtectedError("changed since", {one})
                AppointmentItem.objects.filter(appointment=one).delete()
                AppointmentChange.objects.filter(appointment=one).delete()
                one.delete()
        except ProtectedError:
            row.outcome = RowOutcome.KEPT
            row.problems = [
                Problem(
                    "", _("The appointment was used or changed since."), _("Look at it; cancel it by hand if needed.")
                )
            ]
    return rows


# Table "appointment" of Open Dental. ProvNum, Op: numbers of its tables provider and operatory (import kind old_names).
OPEN_DENTAL = Layout(
    key="od",
    label=gettext_lazy("Open Dental, table appointment"),
    needs=("AptNum", "PatNum", "AptDateTime", "Pattern"),
    columns={
        "AptNum": "external_id",
        "PatNum": OLD_NUMBER,
        "AptDateTime": "starts",
        "Pattern": "pattern",
        "ProvNum": "dentist",
        "Op": "chair",
        "AptStatus": "status",
        "ProcDescript": "need",
        "Note": "note",
    },
    values={
        "dentist": open_dental.number_of_list,
        "chair": open_dental.number_of_list,
        "status": open_dental.appointment_state,
    },
)
IMPORTED_APPOINTMENTS = ImportKind(
    key="appointments",
    label=gettext_lazy("Appointments"),
    order=20,
    permission=Permission.APPOINTMENT_BOOK,
    fields=FIELDS,
    check=check,
    write=write,
    reverse=reverse,
    layouts=(OPEN_DENTAL,),
)
