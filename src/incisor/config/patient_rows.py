"""The rows that hang on a patient, table by table: what a merge moves, and what a person's own copy of the data shows.

config is the only place that knows every app. A foreign key to a patient that stands in no part is still moved and still in
the machine-readable copy; a test finds it, because its rows have no name for people.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Clinic
from incisor.enquiries.models import PhoneCall
from incisor.kernel.clock import business_date, day_bounds, local
from incisor.outreach.enums import TaskStatus
from incisor.outreach.models import FollowUpTask
from incisor.patients.hooks import DataPart, MergePart, TodaysList, data_parts, merge_parts, todays_lists
from incisor.scheduling.enums import OfferState, UnplacedState
from incisor.scheduling.models import Appointment, SlotOffer, Unplaced
from incisor.scheduling.queries.merging import overlaps_of_files
from incisor.visits.models import Visit


def _told_appointment(row: Any) -> str:
    return str(row.get_status_display())


def _told_amount(row: Any) -> str:
    return f"{row.amount_minor / 100:.2f} {row.currency}"


# label and foreign keys of what upper apps keep of a patient, in the order of the preview
MERGED: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("appointments", _("Appointments"), ("scheduling.Appointment.patient",)),
    ("holds", _("Times held"), ("scheduling.Hold.patient",)),
    ("unplaced", _("Visits to be placed"), ("scheduling.Unplaced.patient",)),
    ("series", _("Series of visits"), ("scheduling.Series.patient",)),
    ("waitlist", _("Waitlist wishes"), ("scheduling.WaitlistWish.patient",)),
    ("visits", _("Visits"), ("visits.Visit.patient",)),
    ("teeth", _("Findings on teeth"), ("visits.ToothFinding.patient",)),
    ("checks", _("Health checks before a visit"), ("visits.HealthCheck.patient",)),
    ("plans", _("Treatment plans"), ("visits.TreatmentPlan.patient",)),
    ("bills", _("Charge sheets"), ("billing.Bill.patient",)),
    ("payments", _("Payments"), ("billing.Payment.patient",)),
    ("ledger", _("Lines of the account"), ("billing.LedgerEntry.patient",)),
    ("tasks", _("Follow-up tasks"), ("outreach.FollowUpTask.patient",)),
    ("calls", _("Follow-up calls"), ("outreach.FollowUpCall.patient",)),
    (
        "phone",
        _("Phone log and enquiries"),
        (
            "enquiries.PhoneCall.patient",
            "enquiries.CallNote.patient",
            "enquiries.Lead.patient",
            "outreach.CallRefusal.patient",
        ),
    ),
    ("forms", _("Forms"), ("forms.FilledForm.patient", "forms.Handout.patient")),
    ("messages", _("Messages"), ("messaging.OutboxMessage.patient",)),
    ("links", _("Links on the phone"), ("messaging.Link.patient",)),
)

# key, heading, table, path to the patient, columns
COPIED: tuple[tuple[str, Any, str, str, tuple[tuple[str, Any], ...]], ...] = (
    (
        "appointments", _("Appointments"), "scheduling.Appointment", "patient",
        (("starts_at", _("Begins")), ("ends_at", _("Ends")), ("dentist__name", _("Dentist")), ("status", _("State")),
         ("need", _("What for")), ("cancel_note", _("Remark"))),
    ),
    (
        "visits", _("Visits"), "visits.Visit", "patient",
        (("arrived_at", _("Arrived")), ("dentist__name", _("Dentist")), ("status", _("State")),
         ("complaint", _("Complaint"))),
    ),
    (
        "notes", _("Visit notes"), "visits.VisitNote", "visit__patient",
        (("updated_at", _("Written")), ("complaint", _("Complaint")), ("findings", _("Findings")),
         ("diagnosis", _("Diagnosis")), ("treatment", _("Treatment")), ("advice", _("Advice")),
         ("signed_by__name", _("Signed by"))),
    ),
    (
        "treatments", _("Treatments done"), "visits.TreatmentDone", "visit__patient",
        (("visit__business_date", _("Day")), ("procedure__name_zh", _("Treatment")), ("teeth", _("Teeth")),
         ("quantity", _("Number"))),
    ),
    (
        "teeth", _("Findings on teeth"), "visits.ToothFinding", "patient",
        (("visit__business_date", _("Day")), ("tooth", _("Tooth")), ("state", _("Finding")), ("text", _("Remark"))),
    ),
    (
        "drugs", _("Drugs prescribed"), "visits.PrescribedDrug", "visit__patient",
        (("at", _("When")), ("name", _("Drug")), ("strength", _("Strength")), ("dose", _("Dose")),
         ("frequency", _("How often")), ("days", _("Days")), ("ended_at", _("Taken back"))),
    ),
    (
        "papers", _("Pictures and papers"), "visits.Attachment", "visit__patient",
        (("at", _("When")), ("kind", _("Kind")), ("title", _("Title")), ("file_name", _("File")),
         ("ended_at", _("Taken back"))),
    ),
    (
        "checks", _("Health checks before a visit"), "visits.HealthCheck", "patient",
        (("at", _("When")), ("way", _("How")), ("note", _("Remark")), ("ended_at", _("Taken back"))),
    ),
    (
        "plans", _("Treatment plans"), "visits.TreatmentPlan", "patient",
        (("created_at", _("When")), ("title", _("What for")), ("problem", _("Finding")), ("status", _("State"))),
    ),
    (
        "ledger", _("Lines of the account"), "billing.LedgerEntry", "patient",
        (("business_date", _("Day")), ("text", _("What for")), ("amount_minor", _("Amount"))),
    ),
    (
        "payments", _("Payments"), "billing.Payment", "patient",
        (("taken_at", _("When")), ("receipt_number", _("Receipt")), ("amount_minor", _("Amount"))),
    ),
    (
        "calls", _("Follow-up calls"), "outreach.FollowUpCall", "patient",
        (("at", _("When")), ("outcome", _("Outcome")), ("note", _("Remark"))),
    ),
    (
        "phone", _("Phone log and enquiries"), "enquiries.CallNote", "patient",
        (("matter", _("What for")), ("text", _("Text")), ("status", _("State"))),
    ),
    (
        "forms", _("Forms"), "forms.FilledForm", "patient",
        (("number", _("Number of the paper")), ("status", _("State")), ("signed_at", _("Signed"))),
    ),
    (
        "messages", _("Messages"), "messaging.OutboxMessage", "patient",
        (("created_at", _("When")), ("channel", _("Channel")), ("body", _("Text")), ("status", _("State"))),
    ),
)  # fmt: skip


def _booked(clinic: Clinic, ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Return those with an appointment today, whatever became of it."""
    begin, end = day_bounds(local(at, clinic.zone).date(), clinic.zone)
    rows = Appointment.objects.filter(clinic=clinic, patient__in=ids, starts_at__gte=begin, starts_at__lt=end)
    return set(rows.values_list("patient_id", flat=True))


def _here(clinic: Clinic, ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Return those who came today."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    rows = Visit.objects.filter(clinic=clinic, business_date=day, patient__in=ids)
    return set(rows.values_list("patient_id", flat=True))


def _to_be_called(clinic: Clinic, ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Return those for whom a follow-up is due."""
    day = business_date(at, clinic.zone, day_starts_at=clinic.day_starts_at)
    rows = FollowUpTask.objects.filter(patient__in=ids, clinic=clinic, status=TaskStatus.OPEN, due_on__lte=day)
    return set(rows.values_list("patient_id", flat=True))


def _to_be_placed(clinic: Clinic, ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Return those who wait for a time, or for whose answer about one the desk waits."""
    rows = Unplaced.objects.filter(patient__in=ids, clinic=clinic, state=UnplacedState.OPEN)
    asked = SlotOffer.objects.filter(wish__patient__in=ids, clinic=clinic, state=OfferState.OPEN)
    return {*rows.values_list("patient_id", flat=True), *asked.values_list("wish__patient_id", flat=True)}


def _on_the_phone(clinic: Clinic, ids: Collection[uuid.UUID], at: datetime) -> set[uuid.UUID]:
    """Return those who called today."""
    begin, end = day_bounds(local(at, clinic.zone).date(), clinic.zone)
    rows = PhoneCall.objects.filter(clinic=clinic, patient__in=ids, began_at__gte=begin, began_at__lt=end)
    return set(rows.values_list("patient_id", flat=True))


def register() -> None:
    """Say what hangs on a patient, and who is on today's list."""
    for order, (key, label, find) in enumerate(
        (
            ("booked", _("Appointment today"), _booked),
            ("here", _("Here today"), _here),
            ("calls", _("Follow-up due"), _to_be_called),
            ("placing", _("Waits for a time"), _to_be_placed),
            ("phone", _("Called today"), _on_the_phone),
        )
    ):
        todays_lists.add(TodaysList(key=key, label=label, order=order, find=find))
    told = {
        "appointments": _told_appointment,
        "payments": _told_amount,
        "ledger": _told_amount,
    }
    for order, (key, label, fields) in enumerate(MERGED, start=10):
        merge_parts.add(
            MergePart(
                key=key, label=label, order=order, fields=fields, told=told.get(key),
                obstacles=overlaps_of_files if key == "appointments" else None,
            )
        )  # fmt: skip
    for order, (key, label, model, path, columns) in enumerate(COPIED, start=20):
        data_parts.add(DataPart(key=key, label=label, order=order, model=model, path=path, columns=columns))
