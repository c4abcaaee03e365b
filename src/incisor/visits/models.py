"""What happened: a patient's coming, the dentist's note, teeth, procedures done."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.enums import ToothState, Urgency, VisitKind, VisitStatus


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


class VisitNote(Row):
    """The clinician's record of a visit. Signed means locked: seal is the SHA-256 of what was signed."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="note")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    complaint = EncryptedTextField(blank=True)
    findings = EncryptedTextField(blank=True)
    diagnosis = EncryptedTextField(blank=True)
    diagnosis_codes = models.JSONField(default=list)
    treatment = EncryptedTextField(blank=True)
    advice = EncryptedTextField(blank=True)
    next_procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True)
    next_after_days = models.PositiveSmallIntegerField(null=True)
    next_note = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    signed_at = models.DateTimeField(null=True)
    seal = models.CharField(max_length=64, blank=True)


class ToothFinding(Row):
    """What was seen on a tooth at a visit. tooth: FDI (ISO 3950), 11 to 48 and milk teeth 51 to 85."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="tooth_findings")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    tooth = models.PositiveSmallIntegerField()
    surfaces = models.CharField(max_length=5, blank=True)
    state = models.CharField(max_length=15, choices=ToothState.choices)
    text = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ToothState.values), name="tooth_finding_state_is_known"),
            models.CheckConstraint(condition=Q(tooth__gte=11, tooth__lte=85), name="tooth_is_an_fdi_number"),
            models.UniqueConstraint(fields=["visit", "tooth", "state"], name="tooth_finding_is_recorded_once"),
        ]
        indexes = [models.Index(fields=["patient", "tooth"], name="tooth_finding_by_patient")]


class TreatmentDone(Row):
    """A procedure that was done at a visit: what charges and follow-ups are made from."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="treatments")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    teeth = models.JSONField(default=list)
    quantity = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    external_id = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="treatment_was_done_at_least_once")]
        indexes = [
            models.Index(fields=["visit"], name="treatment_done_by_visit"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="treatment_by_old_number"),
        ]


class Addendum(Row):
    """What was added to a note after it was signed."""

    note = models.ForeignKey(VisitNote, on_delete=models.PROTECT, related_name="addenda")
    text = EncryptedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seal = models.CharField(max_length=64)
