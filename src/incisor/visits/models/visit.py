"""A patient's coming and its steps through the clinic."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.enums import Urgency, VisitKind, VisitStatus


class Visit(Row):
    """One coming of a patient. queue_number: of the clinic and business date, never given twice.

    queue_rank: 0, or where staff put the patient in the queue (smaller is earlier). desk_note: what chair and desk tell
    each other while the patient is here.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+", null=True)
    business_date = models.DateField()
    queue_number = models.PositiveIntegerField()
    kind = models.CharField(max_length=15, choices=VisitKind.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    signs = models.JSONField(default=list)
    complaint = EncryptedTextField(blank=True)
    status = models.CharField(max_length=10, choices=VisitStatus.choices, default=VisitStatus.WAITING)
    due_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    seated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=200, blank=True)
    queue_rank = models.SmallIntegerField(default=0)
    desk_note = models.CharField(max_length=200, blank=True)
    import_batch = models.ForeignKey("patients.ImportBatch", on_delete=models.PROTECT, related_name="+", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="visit_kind_is_known"),
            models.UniqueConstraint(
                fields=["clinic", "business_date", "queue_number"], name="visit_queue_number_is_unique"
            ),
            models.CheckConstraint(condition=Q(status__in=VisitStatus.values), name="visit_status_is_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="visit_urgency_is_known"),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(appointment__isnull=False) & ~Q(status="withdrawn"),
                name="visit_of_an_appointment_is_one",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_chair") | Q(chair__isnull=False), name="visit_in_a_chair_names_it"
            ),
            # a chair takes one patient at a time
            models.UniqueConstraint(fields=["chair"], condition=Q(status="in_chair"), name="visit_chair_is_taken_once"),
        ]
        indexes = [
            models.Index(fields=["clinic", "business_date", "status"], name="visit_by_day"),
            models.Index(fields=["patient", "-arrived_at"], name="visit_by_patient"),
            models.Index(fields=["dentist", "business_date"], name="visit_by_dentist"),
        ]


class VisitStep(Row):
    """One step of a visit through the clinic: who, when, from, to, why.

    before: what the step changed, as it was, so that undoing it restores exactly that. undone_at: it was taken back.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="steps")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["visit", "at"], name="visit_step_by_time")]
