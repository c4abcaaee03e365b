"""What stands at the door: what was pointed out, late words, the rules of triage, warnings before operations, the kiosk."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.enums import Specialty
from incisor.clinics.models import Clinic, Device
from incisor.kernel.models import Row
from incisor.reception.enums import CareDecision
from incisor.scheduling.models import Appointment
from incisor.visits.enums import Urgency
from incisor.visits.models import Visit


class ArrivalCheck(Row):
    """What was pointed out when somebody came: points as pairs of key and level. seen: somebody at the desk looked."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="+")
    points = models.JSONField(default=list)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)


class LateWord(Row):
    """The patient said: I come later. minutes: after the appointed time. The word that was not ended counts."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=240), name="late_word_is_possible"),
            models.UniqueConstraint(fields=["appointment"], condition=Q(ended_at=None), name="late_word_is_one"),
        ]


class TriageRule(Row):
    """A sign by which the desk judges urgency (REC-3), as the clinic wants it: it stands before the shipped one of its key.

    digit: 1 to 9 in the panel of a walk-in. opens_reserve: may take the time that is kept for emergencies.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    label_zh = models.CharField(max_length=60)
    label_en = models.CharField(max_length=80)
    advice_zh = models.CharField(max_length=200, blank=True)
    advice_en = models.CharField(max_length=300, blank=True)
    level = models.CharField(max_length=10, choices=Urgency.choices)
    specialty = models.CharField(max_length=20, choices=Specialty.choices, default=Specialty.GENERAL)
    opens_reserve = models.BooleanField(default=False)
    digit = models.PositiveSmallIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "key"], name="triage_rule_is_one"),
            models.CheckConstraint(condition=Q(level__in=Urgency.values), name="triage_rule_level_is_known"),
            models.CheckConstraint(condition=Q(specialty__in=Specialty.values), name="triage_rule_specialty_is_known"),
            models.CheckConstraint(
                condition=Q(digit=None) | Q(digit__gte=1, digit__lte=9), name="triage_rule_digit_is_possible"
            ),
        ]


class TriageQuestion(Row):
    """A question of the guided triage, as the clinic wants it: it stands before the shipped one of its key.

    answers: rows of zh, en, sign (key of a sign or empty) and then ("": the next question, "end", or a later question).
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    text_zh = models.CharField(max_length=120)
    text_en = models.CharField(max_length=160)
    answers = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "key"], name="triage_question_is_one")]


class CareAcknowledgement(Row):
    """The dentist has seen the warnings before an operation (REC-9) and says what to do. warnings: their keys."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", null=True)
    warnings = models.JSONField(default=list)
    decision = models.CharField(max_length=10, choices=CareDecision.choices)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=CareDecision.values), name="care_decision_is_known"),
            models.CheckConstraint(
                condition=Q(visit__isnull=False) | Q(appointment__isnull=False), name="care_word_is_about_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="care_word_has_its_reason"),
        ]


class KioskTry(Row):
    """A name and digits at a kiosk that fit nobody who is expected: after some of them it rests for a while."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["device", "-at"], name="kiosk_try_by_device")]
