"""A patient's coming and its steps through the clinic."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.enums import ArrivalChannel, StepVerb, Urgency, VisitKind, VisitStage, VisitStatus


class Visit(Row):
    """One coming of a patient. queue_number: of the clinic and business date, never given twice.

    queue_rank: 0, or where staff put the patient in the queue (smaller is earlier). desk_note: what chair and desk tell
    each other while the patient is here.

    stage, stage_at, expected_end_at: in the chair, how far the treatment is and when it should end. arrival: how the
    patient checked in. calls: how often the patient was called. parked_at: called and not there. place_at: the time
    that decides the place in the queue instead of due_at or arrived_at, for who was not there and came back.
    promised_low, promised_high: the minutes of waiting that were told at promised_at. told_at: last told about the wait.
    record_ready_at: the record lies ready at the chair.
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
    stage = models.CharField(max_length=12, choices=VisitStage.choices, blank=True)
    stage_at = models.DateTimeField(null=True)
    expected_end_at = models.DateTimeField(null=True)
    arrival = models.CharField(max_length=10, choices=ArrivalChannel.choices, default=ArrivalChannel.DESK)
    calls = models.PositiveSmallIntegerField(default=0)
    parked_at = models.DateTimeField(null=True)
    place_at = models.DateTimeField(null=True)
    promised_low = models.PositiveSmallIntegerField(null=True)
    promised_high = models.PositiveSmallIntegerField(null=True)
    promised_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    record_ready_at = models.DateTimeField(null=True)
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
            models.CheckConstraint(condition=Q(stage__in=["", *VisitStage.values]), name="visit_stage_is_known"),
            models.CheckConstraint(condition=Q(arrival__in=ArrivalChannel.values), name="visit_arrival_is_known"),
            models.CheckConstraint(
                condition=Q(promised_low__isnull=True) | Q(promised_high__gte=F("promised_low")),
                name="visit_promise_is_a_range",
            ),
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
    """One step of a visit through the clinic: who, when, from, to, why. verb: what else it was, the status unchanged.

    before: what the step changed, as it was, so that undoing it restores exactly that. undone_at: it was taken back.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="steps")
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    verb = models.CharField(max_length=12, choices=StepVerb.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verb__in=["", *StepVerb.values]), name="visit_step_verb_is_known")
        ]
        indexes = [models.Index(fields=["visit", "at"], name="visit_step_by_time")]
