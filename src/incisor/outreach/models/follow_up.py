"""Follow-up: protocols, the tasks that they make, the calls."""

from django.db import models
from django.db.models import Q

from incisor.accounts.enums import RoleKey
from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.outreach.enums import CallOutcome, Satisfaction, StepContact, TaskKind, TaskStatus, WhyMissed
from incisor.patients.models import Patient
from incisor.staff.models import StaffMember
from incisor.visits.models import Visit


class Protocol(Row):
    """A clinic's follow-up plan in one version; only one is active at a time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key", "version"], name="protocol_version_is_unique"),
            models.UniqueConstraint(
                fields=["clinic"], condition=Q(is_active=True), name="clinic_has_one_active_protocol"
            ),
        ]


class ProtocolStep(Row):
    """One follow-up after a treatment. Exactly one of the three lengths is set. role: accounts.enums.RoleKey value.

    procedures: codes of the procedures that the step is for; empty means all of the treatment.
    repeat_months: comes again each so many months. contact: how (a record is only written down, nobody is called).
    """

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="steps")
    treatment = models.CharField(max_length=20)
    after_days = models.PositiveSmallIntegerField(null=True)
    after_months = models.PositiveSmallIntegerField(null=True)
    after_years = models.PositiveSmallIntegerField(null=True)
    repeat_months = models.PositiveSmallIntegerField(null=True)
    procedures = models.JSONField(default=list)
    contact = models.CharField(max_length=10, choices=StepContact.choices, default=StepContact.CALL)
    role = models.CharField(max_length=30)
    purpose_zh = models.CharField(max_length=120)
    purpose_en = models.CharField(max_length=160)
    ask_zh = models.TextField(blank=True)
    ask_en = models.TextField(blank=True)
    advise_zh = models.TextField(blank=True)
    advise_en = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(contact__in=StepContact.values), name="protocol_step_contact_is_known"),
        ]

    @property
    def role_label(self) -> str:
        """The role in the reader's language."""
        return str(RoleKey(self.role).label) if self.role in RoleKey.values else self.role


class FollowUpTask(Row):
    """Somebody should call the patient from due_on on. key: what made it, so that no event makes it twice.

    due_at: by when, for what is pressing (a missed appointment within the hour). appointment: for calls about one.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    step = models.ForeignKey(ProtocolStep, on_delete=models.PROTECT, related_name="+", null=True)
    origin = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=15, choices=TaskKind.choices)
    treatment = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=120)
    appointment = models.ForeignKey(
        "scheduling.Appointment", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=30)
    responsible = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    note = EncryptedTextField(blank=True)
    status = models.CharField(max_length=10, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TaskKind.values), name="follow_up_task_kind_is_known"),
            models.UniqueConstraint(fields=["clinic", "key"], name="follow_up_task_is_unique"),
            models.CheckConstraint(condition=Q(status__in=TaskStatus.values), name="follow_up_status_is_known"),
        ]
        indexes = [
            models.Index(fields=["clinic", "status", "due_on"], name="follow_up_by_due"),
            models.Index(fields=["patient", "due_on"], name="follow_up_by_patient"),
            models.Index(
                fields=["appointment"], condition=Q(appointment__isnull=False), name="follow_up_by_appointment"
            ),
        ]


class FollowUpCall(Row):
    """One call: what came of it. change: what it wrote into the history of an appointment."""

    task = models.ForeignKey(FollowUpTask, on_delete=models.PROTECT, related_name="calls")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=15, choices=CallOutcome.choices)
    satisfaction = models.CharField(max_length=1, choices=Satisfaction.choices, blank=True)
    why_missed = models.CharField(max_length=10, choices=WhyMissed.choices, blank=True)
    note = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    change = models.ForeignKey(
        "scheduling.AppointmentChange", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="follow_up_call_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(why_missed__in=["", *WhyMissed.values]), name="follow_up_call_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__in=["", *Satisfaction.values]), name="follow_up_call_satisfaction_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-at"], name="follow_up_call_by_patient"),
            models.Index(fields=["clinic", "at"], name="follow_up_call_by_time"),
        ]


class CallRefusal(Row):
    """A patient who wants no follow-up calls, from a call on until somebody ends it. tasks: which open ones it closed."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    call = models.ForeignKey(FollowUpCall, on_delete=models.PROTECT, related_name="+", db_index=False)
    tasks = models.JSONField(default=list)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=Q(ended_at=None), name="call_refusal_is_in_force_once"
            ),
        ]
