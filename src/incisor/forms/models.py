"""Forms: their designs and versions, which ones are asked for, what was filled in, and what was signed."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic, Procedure
from incisor.forms.enums import (
    FilledStatus,
    Guardian,
    Mark,
    Occasion,
    Only,
    Purpose,
    Signer,
    VersionState,
    Way,
)
from incisor.kernel.fields import EncryptedTextField, KeyTextField, StoreKeyField
from incisor.kernel.models import Row
from incisor.patients.models import Patient


class FormDesign(Row):
    """A form of a clinic. Its words are in its versions. key: stable, for what is shipped with the product.

    valid_months: for how long a signed copy holds for a procedure, 0 for good.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    valid_months = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="form_design_key_is_unique"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="form_design_purpose_is_known"),
        ]

    def __str__(self) -> str:
        return self.title_zh

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_zh if language.startswith("zh") else self.title_en


class DesignProcedure(Row):
    """A procedure that a form is for: the consent that is signed before it."""

    design = models.ForeignKey(FormDesign, on_delete=models.CASCADE, related_name="for_procedures")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["design", "procedure"], name="design_procedure_is_unique")]


class FormVersion(Row):
    """The words and fields of a form (rules.content). A published one never changes; the one draft does, step by step."""

    design = models.ForeignKey(FormDesign, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    content = models.JSONField()
    step_count = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    saved_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="form_version_number_is_unique"),
            models.UniqueConstraint(
                fields=["design"], condition=Q(state=VersionState.DRAFT), name="form_has_one_draft_at_most"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="form_version_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT, published_at=None)
                | Q(state=VersionState.PUBLISHED, published_at__isnull=False),
                name="form_version_published_has_a_time",
            ),
        ]

    @property
    def clinic_id(self) -> object:
        """Return the clinic's key: the guard asks for it."""
        return self.design.clinic_id

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_zh if language.startswith("zh") else self.title_en


class DraftStep(Row):
    """What a draft looked like before one step of the designer: Undo goes back along these."""

    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=30)
    before = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="draft_step_number_is_unique")]


class FormPolicy(Row):
    """The figures of a clinic about forms. Without a row the defaults hold."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    guardian_below_age = models.PositiveSmallIntegerField(default=18)
    link_hours = models.PositiveSmallIntegerField(default=72)
    tablet_minutes = models.PositiveSmallIntegerField(default=90)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="form_policy_is_one_a_clinic"),
            models.CheckConstraint(
                condition=Q(link_hours__gte=1) & Q(tablet_minutes__gte=5) & Q(guardian_below_age__lte=21),
                name="form_policy_figures_are_possible",
            ),
        ]


class FormRule(Row):
    """When a form is asked for. since: the day from which new files are asked at their first visit."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    design = models.ForeignKey(FormDesign, on_delete=models.PROTECT, related_name="rules")
    occasion = models.CharField(max_length=12, choices=Occasion.choices)
    months = models.PositiveSmallIntegerField(default=0)
    since = models.DateField()
    from_age = models.PositiveSmallIntegerField(null=True)
    to_age = models.PositiveSmallIntegerField(null=True)
    only = models.CharField(max_length=8, choices=Only.choices, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(occasion__in=Occasion.values), name="form_rule_occasion_is_known"),
            models.CheckConstraint(condition=Q(only__in=Only.values), name="form_rule_only_is_known"),
            models.CheckConstraint(
                condition=~Q(occasion=Occasion.EVERY) | Q(months__gte=1), name="form_rule_every_has_months"
            ),
            models.UniqueConstraint(fields=["design", "occasion"], name="form_rule_is_one_an_occasion"),
        ]


class Handout(Row):
    """Forms given to a patient to fill in alone: on the tablet (by a token of its own) or by a link (messaging)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    token_hash = KeyTextField(max_length=64, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="handout_way_is_known"),
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="handout_token_is_unique"),
        ]
        indexes = [models.Index(fields=["clinic", "ended_at"], name="handout_by_open")]


class FilledForm(Row):
    """A form being filled in by or for a patient, and once signed a document: then only facts are added to it.

    answers: sealed JSON by field key. revision: grows with each save. digest: SHA-256 of everything that was signed.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    design = models.ForeignKey(FormDesign, on_delete=models.PROTECT, related_name="filled", db_index=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="filled")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    handout = models.ForeignKey(Handout, on_delete=models.PROTECT, related_name="filled", null=True)
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.DESK)
    status = models.CharField(max_length=8, choices=FilledStatus.choices, default=FilledStatus.OPEN)
    answers = EncryptedTextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=10, default="zh-hans")
    needs_guardian = models.BooleanField(default=False)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    number = models.CharField(max_length=20, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)
    place = models.CharField(max_length=120, blank=True)
    sealed = EncryptedTextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="filled_form_way_is_known"),
            models.CheckConstraint(condition=Q(status__in=FilledStatus.values), name="filled_form_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status=FilledStatus.SIGNED) | (Q(signed_at__isnull=False) & ~Q(digest="") & ~Q(number="")),
                name="filled_form_signed_has_time_and_hash",
            ),
            models.UniqueConstraint(
                fields=["clinic", "number"], condition=~Q(number=""), name="filled_form_number_is_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "design", "status"], name="filled_form_by_patient"),
            models.Index(fields=["clinic", "status", "-saved_at"], name="filled_form_by_newest"),
            models.Index(fields=["design"], name="filled_form_by_design"),
        ]


class Signature(Row):
    """One signature under a form: drawn (strokes with times, sealed) or typed before a witness. Never changed."""

    filled = models.ForeignKey(FilledForm, on_delete=models.PROTECT, related_name="signatures")
    field_key = models.CharField(max_length=40)
    signer = models.CharField(max_length=10, choices=Signer.choices)
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=12, choices=Guardian.choices, blank=True)
    mark = models.CharField(max_length=8, choices=Mark.choices)
    strokes = EncryptedTextField(blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    witness = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filled", "field_key"], name="signature_is_one_a_field"),
            models.CheckConstraint(condition=Q(signer__in=Signer.values), name="signature_signer_is_known"),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="signature_mark_is_known"),
            models.CheckConstraint(
                condition=Q(relation__in=["", *Guardian.values]), name="signature_relation_is_known"
            ),
            models.CheckConstraint(
                condition=Q(mark=Mark.DRAWN) | Q(witness__isnull=False), name="signature_typed_has_a_witness"
            ),
        ]


class SignedCopy(Row):
    """The PDF of a signed form, kept sealed. sha256: of the file."""

    filled = models.ForeignKey(FilledForm, on_delete=models.PROTECT, related_name="copies")
    file = StoreKeyField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filled"], name="signed_copy_is_one_a_form")]


class Withdrawal(Row):
    """A consent that no longer holds, from a moment on. The signed copy stays as it is."""

    filled = models.ForeignKey(FilledForm, on_delete=models.PROTECT, related_name="withdrawals")
    said_by = models.CharField(max_length=60)
    reason = EncryptedTextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filled"], name="withdrawal_is_one_a_form")]


class Review(Row):
    """Somebody at the desk looked at what a signed form says that the file did not, and took over what was ticked.

    done: sealed JSON of what was written, so that it can be taken back.
    """

    filled = models.ForeignKey(FilledForm, on_delete=models.PROTECT, related_name="reviews")
    accepted_count = models.PositiveSmallIntegerField()
    offered_count = models.PositiveSmallIntegerField()
    done = EncryptedTextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["filled"], condition=Q(taken_back_at=None), name="review_is_one_a_form_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(accepted_count__lte=F("offered_count")), name="review_accepts_what_was_offered"
            ),
        ]
