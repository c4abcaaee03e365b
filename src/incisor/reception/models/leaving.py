"""What is settled before a patient leaves: sheets, reasons for what stays open, the question how it was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incisor.accounts.models import User
from incisor.clinics.enums import AftercareKey
from incisor.clinics.models import Clinic
from incisor.kernel.fields import EncryptedTextField
from incisor.kernel.models import Row
from incisor.messaging.models import OutboxMessage
from incisor.reception.enums import OWN_SHEET, LeaveReason, Matter
from incisor.visits.models import Visit


class AftercareText(Row):
    """A clinic's own words of an aftercare sheet in one language; without a row the shipped words hold."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20, choices=AftercareKey.choices)
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=60)
    body = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key", "language"], name="aftercare_text_is_unique"),
            models.CheckConstraint(condition=Q(key__in=AftercareKey.values), name="aftercare_text_key_is_known"),
        ]


class AftercareGiven(Row):
    """A sheet for the patient of a visit: chosen at the chair or by what was done, then printed, sent or both.

    key: of the sheet, or "own": words for this patient only, which stand in `words`. dropped_at: not wanted after all.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20, choices=[*AftercareKey.choices, (OWN_SHEET, _("For this patient"))])
    words = EncryptedTextField(blank=True)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "key"], name="aftercare_is_given_once"),
            models.CheckConstraint(
                condition=Q(key__in=[*AftercareKey.values, OWN_SHEET]), name="aftercare_key_is_known"
            ),
        ]


class LeftOpen(Row):
    """Why something stayed open when the patient left. ended_at: taken back, or settled after all."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=10, choices=Matter.choices)
    reason = models.CharField(max_length=12, choices=LeaveReason.choices)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(matter__in=Matter.values), name="left_open_matter_is_known"),
            models.CheckConstraint(condition=Q(reason__in=LeaveReason.values), name="left_open_reason_is_known"),
            models.UniqueConstraint(
                fields=["visit", "matter"], condition=Q(ended_at=None), name="left_open_reason_is_one"
            ),
        ]


class Survey(Row):
    """The one question after a visit, and its answer. score: 1 dissatisfied to 4 very satisfied (REQUIREMENTS FUP-4)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    words = EncryptedTextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=1, score__lte=4), name="survey_score_is_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None) | Q(score__isnull=False, answered_at__isnull=False),
                name="survey_answer_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "-answered_at"], name="survey_by_answer")]
