"""Treatment plans: what is proposed, in alternatives and stages, what the patient decided, and treatment without consent."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.models import Patient
from incisor.staff.models import StaffMember
from incisor.visits.enums import DecisionKind, DecisionMark, ItemSettled, PlanStatus
from incisor.visits.models.visit import Visit


class TreatmentPlan(Row):
    """What a dentist proposes to a patient. problem: what it is about. visit: at which it was made.

    ask_again_on: the day on which somebody asks a patient who is thinking. offered_at: when its prices were fixed.
    status_at: since when it is in this status.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    title = EncryptedTextField()
    problem = EncryptedTextField(blank=True)
    status = models.CharField(max_length=10, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    status_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    ask_again_on = models.DateField(null=True)
    stop_reason = EncryptedTextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="plan_status_is_known"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="plan_by_patient"),
            models.Index(fields=["clinic", "status", "ask_again_on"], name="plan_by_status"),
        ]


class PlanOption(Row):
    """One of the ways to treat. explanation: advantages, risks, how long it lasts, in words for the patient.

    is_chosen: the one that the patient agreed to.
    """

    plan = models.ForeignKey(TreatmentPlan, on_delete=models.PROTECT, related_name="options")
    title = EncryptedTextField()
    explanation = EncryptedTextField(blank=True)
    is_recommended = models.BooleanField(default=False)
    is_chosen = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(is_chosen=True), name="plan_has_one_chosen_option")
        ]

    @property
    def clinic_id(self) -> object:
        """Return the clinic's key: the guard asks for it."""
        return self.plan.clinic_id


class PlanStage(Row):
    """What belongs together in time. after_days: how long after the stage before it."""

    option = models.ForeignKey(PlanOption, on_delete=models.CASCADE, related_name="stages")
    title = models.CharField(max_length=60, blank=True)
    after_days = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)

    @property
    def clinic_id(self) -> object:
        """Return the clinic's key: the guard asks for it."""
        return self.option.clinic_id


class PlanItem(Row):
    """A procedure that is planned. unit_minor: its price as it was offered, in fen; None when the list has none.

    settled: why it will not be done here; what was done here is found in visits.TreatmentDone.
    """

    stage = models.ForeignKey(PlanStage, on_delete=models.CASCADE, related_name="items")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", db_index=False)
    teeth = models.JSONField(default=list)
    quantity = models.PositiveSmallIntegerField(default=1)
    unit_minor = models.BigIntegerField(null=True)
    note = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    settled = models.CharField(max_length=10, choices=ItemSettled.choices, blank=True)
    settled_note = models.CharField(max_length=120, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="plan_item_is_of_one_or_more"),
            models.CheckConstraint(
                condition=Q(unit_minor=None) | Q(unit_minor__gte=0), name="plan_item_price_is_not_negative"
            ),
            models.CheckConstraint(condition=Q(settled__in=["", *ItemSettled.values]), name="plan_item_end_is_known"),
            models.CheckConstraint(
                condition=Q(settled="", settled_at=None) | ~Q(settled="") & Q(settled_at__isnull=False),
                name="plan_item_end_has_a_time",
            ),
        ]

    @property
    def clinic_id(self) -> object:
        """Return the clinic's key: the guard asks for it."""
        return self.stage.clinic_id


class PlanEdit(Row):
    """What a draft looked like before one change: Undo goes back along these. before: sealed JSON."""

    plan = models.ForeignKey(TreatmentPlan, on_delete=models.PROTECT, related_name="edits")
    number = models.PositiveIntegerField()
    before = EncryptedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_edit_number_is_unique")]


class PlanDecision(Row):
    """What the patient said to a plan, and the signature under it. Never changed; at most taken back, with the reason.

    sealed: everything that was signed, as one text; digest: its SHA-256. strokes: the drawn signature, sealed.
    """

    plan = models.ForeignKey(TreatmentPlan, on_delete=models.PROTECT, related_name="decisions")
    option = models.ForeignKey(PlanOption, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    kind = models.CharField(max_length=10, choices=DecisionKind.choices)
    words = EncryptedTextField(blank=True)
    ask_again_on = models.DateField(null=True)
    name = models.CharField(max_length=60, blank=True)
    relation = models.CharField(max_length=12, blank=True)
    mark = models.CharField(max_length=8, choices=DecisionMark.choices)
    strokes = EncryptedTextField(blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    sealed = EncryptedTextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="plan_decision_is_known"),
            models.CheckConstraint(condition=Q(mark__in=DecisionMark.values), name="plan_decision_mark_is_known"),
            models.CheckConstraint(
                condition=~Q(kind="accepted") | (Q(option__isnull=False) & ~Q(mark="said") & ~Q(digest="")),
                name="plan_agreed_to_is_signed",
            ),
        ]


class ConsentOverrule(Row):
    """A dentist's reason to treat without a signed consent, for one procedure at one visit."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = EncryptedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "procedure"],
                condition=Q(taken_back_at=None),
                name="consent_is_overruled_once_a_visit",
            ),
        ]
