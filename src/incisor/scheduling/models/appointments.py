"""Appointments: one row each from booking to the end of its life, and every change of it."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
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
)
from incisor.staff.models import StaffMember


class Appointment(Row):
    """A patient with a dentist on a chair at a time. blocked_until: end plus the buffer that dentist and chair need.

    answer, answered_at: what the patient said last; confirmed_count: on how many days "I will come". demand: what is asked
    before it stands (until then it is requested); deposit_minor: what was paid ahead, in fen.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+")
    assistant = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked_until = models.DateTimeField()
    status = models.CharField(max_length=12, choices=AppointmentStatus.choices)
    channel = models.CharField(max_length=10, choices=BookingChannel.choices)
    need = models.CharField(max_length=200, blank=True)
    note = EncryptedTextField(blank=True)
    is_overbooked = models.BooleanField(default=False)
    overbook_reason = models.CharField(max_length=200, blank=True)
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
                condition=Q(blocked_until__gte=F("ends_at")), name="appointment_blocks_until_its_end_or_longer"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AppointmentStatus.values), name="appointment_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="appointment_by_time"),
            models.Index(fields=["dentist", "starts_at"], name="appointment_by_dentist"),
            models.Index(fields=["chair", "starts_at"], name="appointment_by_chair"),
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
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


class Block(Row):
    """A time in which a dentist or a chair takes no appointments: lunch, meeting, reserve."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="block_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(dentist__isnull=False) | Q(chair__isnull=False), name="block_is_of_a_dentist_or_chair"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "ends_at"], name="block_by_time")]


OCCUPYING_VALUES = sorted(OCCUPYING)
# Exclusion constraints of PostgreSQL (migration 0002), and the conflict that each of them finds.
EXCLUSIONS = {
    "appointment_dentist_is_taken_once": "dentist",
    "appointment_chair_is_taken_once": "chair",
    "appointment_patient_is_taken_once": "patient",
}
