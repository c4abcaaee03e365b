"""What was said to those who waited, and how long treatments really take."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.reception.enums import WaitWord
from incisor.visits.models import Visit


class WaitTold(Row):
    """What was said or offered to somebody who waits. waited_minutes: how long the patient had waited by then.

    undone_at: it was not said after all.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=10, choices=WaitWord.choices)
    note = models.CharField(max_length=120, blank=True)
    waited_minutes = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(word__in=WaitWord.values), name="wait_word_is_known")]
        indexes = [models.Index(fields=["visit", "at"], name="wait_told_by_visit")]


class TypicalLength(Row):
    """How long treatments of a kind took here in the last weeks, as a share of the minutes booked, in percent.

    kind: a procedure's code, "walk_in" without appointment, empty for all together. Reckoned anew each night.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, blank=True)
    mean_percent = models.PositiveSmallIntegerField()
    spread_percent = models.PositiveSmallIntegerField()
    visit_count = models.PositiveIntegerField()
    reckoned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "kind"], name="typical_length_is_one")]
