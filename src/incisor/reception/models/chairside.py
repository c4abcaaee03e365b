"""What the chair tells the desk: a dentist runs late, somebody is needed."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.models import Row
from incisor.messaging.models import OutboxMessage
from incisor.reception.enums import HelpKind, TellWay
from incisor.scheduling.models import Appointment
from incisor.staff.models import StaffMember
from incisor.visits.models import Visit


class DentistDelay(Row):
    """By how many minutes a dentist runs late on a day. One row at a time; a new figure ends the one before.

    before: the delay that this one took the place of, so that it can be taken back.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    before = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=240), name="dentist_delay_is_possible"),
            models.UniqueConstraint(
                fields=["dentist", "business_date"], condition=Q(cleared_at=None), name="dentist_delay_is_one"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "business_date"], name="dentist_delay_by_day")]


class DelayTold(Row):
    """That somebody booked later was told of a delay, and how. minutes: by how much the own time was to be late."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    delay = models.ForeignKey(DentistDelay, on_delete=models.PROTECT, related_name="told")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=TellWay.choices)
    minutes = models.PositiveSmallIntegerField()
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=TellWay.values), name="delay_told_way_is_known"),
            models.UniqueConstraint(fields=["delay", "appointment"], name="delay_is_told_once"),
        ]
        indexes = [models.Index(fields=["appointment", "at"], name="delay_told_by_appointment")]


class HelpCall(Row):
    """Somebody at a chair needs help now. answered: who goes; ended_at: taken back, or the help is over."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=HelpKind.choices)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+", null=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True)
    note = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HelpKind.values), name="help_call_kind_is_known"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_by__isnull=False), name="help_call_answer_has_a_name"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "at"], condition=Q(ended_at=None), name="help_call_open"),
        ]
