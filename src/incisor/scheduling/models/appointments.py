"""Appointments: one row each from booking to the end of its life, and every change of it."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField, SpansField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.enums import (
    OCCUPYING,
    AppointmentStatus,
    BookingChannel,
    CancelReason,
    ChangeKind,
    Demand,
    PatientAnswer,
    reason_words,
)
from incisor.staff.models import StaffMember


class Appointment(Row):
    """A patient with a dentist on a chair at a time.

    blocked_from, blocked_until: start and end with the buffers that the chair needs before and after. busy: when the
    dentist's own hands are needed, pairs [from, to) of minutes after the start, on the grid of 5; empty: all the time.
    dentist_spans: the same as minutes since 1970, with the buffers beside the dentist's first and last hands; what no
    two appointments of a dentist may share. accepted: the conflicts that somebody accepted (ConflictKind), with the
    overbook_reason.
    answer, answered_at: what the patient said last; confirmed_count: on how many days "I will come". demand: what is
    asked before it stands (until then it is requested); deposit_minor: what was paid ahead, in fen.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+")
    assistant = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_from = models.DateTimeField()
    blocked_until = models.DateTimeField()
    busy = models.JSONField(default=list)
    dentist_spans = SpansField(default=tuple)
    status = models.CharField(max_length=12, choices=AppointmentStatus.choices)
    channel = models.CharField(max_length=10, choices=BookingChannel.choices)
    need = models.CharField(max_length=200, blank=True)
    note = EncryptedTextField(blank=True)
    is_overbooked = models.BooleanField(default=False)
    overbook_reason = models.CharField(max_length=200, blank=True)
    accepted = models.JSONField(default=list)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    cancel_note = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=10, choices=PatientAnswer.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    confirmed_count = models.PositiveSmallIntegerField(default=0)
    demand = models.CharField(max_length=10, choices=Demand.choices, blank=True)
    deposit_minor = models.PositiveIntegerField(null=True)
    moved_count = models.PositiveSmallIntegerField(default=0)
    moved_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    external_id = models.CharField(max_length=60, blank=True)
    import_batch = models.ForeignKey("patients.ImportBatch", on_delete=models.PROTECT, related_name="+", null=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=BookingChannel.values), name="appointment_channel_is_known"),
            models.CheckConstraint(
                condition=Q(cancel_reason__in=["", *CancelReason.values]), name="appointment_cancel_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["", *PatientAnswer.values]), name="appointment_answer_is_known"
            ),
            models.CheckConstraint(condition=Q(demand__in=Demand.values), name="appointment_demand_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(blocked_from__lte=F("starts_at")), name="appointment_blocks_from_its_start_or_earlier"
            ),
            models.CheckConstraint(
                condition=Q(blocked_until__gte=F("ends_at")), name="appointment_blocks_until_its_end_or_longer"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AppointmentStatus.values), name="appointment_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="appointment_by_time"),
            models.Index(fields=["clinic", "created_at"], name="appointment_by_made"),
            models.Index(fields=["dentist", "starts_at"], name="appointment_by_dentist"),
            models.Index(fields=["chair", "starts_at"], name="appointment_by_chair"),
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(
                fields=["assistant", "starts_at"], name="appointment_by_assistant", condition=Q(assistant__isnull=False)
            ),
        ]


class AppointmentItem(Row):
    """A procedure that the appointment is for. tooth: FDI numbers as typed, may be empty."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="items")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    teeth = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)


class AppointmentChange(Row):
    """One change in an appointment's life: who, when, from, to, why."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="appointment_change_kind_is_known"),
        ]
        indexes = [models.Index(fields=["appointment", "at"], name="appointment_change_by_time")]

    @property
    def reason_words(self) -> str:
        """The reason for people."""
        return reason_words(self.reason)


OCCUPYING_VALUES = sorted(OCCUPYING)
# Exclusion constraints of PostgreSQL (migration 0002), and the conflict that each of them finds.
EXCLUSIONS = {
    "appointment_dentist_is_taken_once": "dentist",
    "appointment_chair_is_taken_once": "chair",
    "appointment_assistant_is_taken_once": "assistant",
    "appointment_patient_is_taken_once": "patient",
}
