"""Privacy (PAT-9): rules of the clinic, looks to review, consents with the text agreed to, requests about own data."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.patients.enums import (
    ConsentPurpose,
    ConsentState,
    ConsentWay,
    LookKind,
    LookReason,
    LookRule,
    LookVerdict,
    RequestKind,
    RequestStatus,
)
from incisor.patients.models.files import Patient
from incisor.patients.rules.retention import ANSWER_DAYS, LEAST_RETENTION_YEARS, RETENTION_YEARS


class PrivacyRules(Row):
    """What a clinic has decided. retention_years: how long a file is kept after the last visit."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    opening = models.CharField(max_length=5, choices=LookRule.choices, default=LookRule.LOG)
    asks_before_showing = models.BooleanField(default=True)
    retention_years = models.PositiveSmallIntegerField(default=RETENTION_YEARS)
    answer_days = models.PositiveSmallIntegerField(default=ANSWER_DAYS)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(opening__in=LookRule.values), name="privacy_opening_rule_is_known"),
            models.CheckConstraint(
                condition=Q(retention_years__gte=LEAST_RETENTION_YEARS), name="privacy_retention_is_long_enough"
            ),
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=90), name="privacy_answer_comes_in_time"
            ),
        ]


class FileLook(Row):
    """Somebody saw a file that was not on that day's list, or numbers of it. One row a person, file, day and kind."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=LookKind.choices)
    reason = models.CharField(max_length=10, choices=LookReason.choices, blank=True)
    fields = models.JSONField(default=list)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=LookVerdict.choices, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient", "day", "kind", "reason"], name="file_look_is_noted_once_a_day"
            ),
            models.CheckConstraint(condition=Q(kind__in=LookKind.values), name="file_look_kind_is_known"),
            models.CheckConstraint(condition=Q(reason__in=["", *LookReason.values]), name="file_look_reason_is_known"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *LookVerdict.values]), name="file_look_verdict_is_known"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "verdict", "-at"], name="file_look_by_time")]


class ConsentText(Row):
    """The words that a patient agrees to, in one version. Never changed: a new wording is a new version.

    is_asked_anew: consents to earlier versions no longer count."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    version = models.PositiveSmallIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    is_asked_anew = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "purpose", "version"], name="consent_text_version_is_unique"),
            models.CheckConstraint(
                condition=Q(purpose__in=ConsentPurpose.values), name="consent_text_purpose_is_known"
            ),
        ]


class Consent(Row):
    """A patient gave or withdrew consent to a text: the newest row of a purpose counts."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    state = models.CharField(max_length=10, choices=ConsentState.choices)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=ConsentWay.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=ConsentPurpose.values), name="consent_purpose_is_known"),
            models.CheckConstraint(condition=Q(state__in=ConsentState.values), name="consent_state_is_known"),
            models.CheckConstraint(condition=Q(way__in=ConsentWay.values), name="consent_way_is_known"),
        ]
        indexes = [models.Index(fields=["patient", "purpose", "-at"], name="consent_by_patient")]


class DataRequest(Row):
    """A patient asks for a copy, correction, restriction or erasure. possible_on: when an erasure becomes lawful."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RequestKind.choices)
    status = models.CharField(max_length=10, choices=RequestStatus.choices, default=RequestStatus.OPEN)
    wish = EncryptedTextField(blank=True)
    asked_by = models.CharField(max_length=60, blank=True)
    identity_seen = models.CharField(max_length=120)
    due_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    decision = EncryptedTextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    possible_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="data_request_kind_is_known"),
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="data_request_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "taken_back"]) | Q(decided_at__isnull=False),
                name="data_request_decision_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "status", "due_on"], name="data_request_by_due")]
