"""Which messages go with an appointment, and which of them were told whom: the rules of a clinic and their traces."""

from datetime import time

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.messaging.models import OutboxMessage
from incisor.outreach.enums import Moment, NoticeState, WhyNone
from incisor.outreach.models.follow_up import FollowUpTask
from incisor.scheduling.models import Appointment


class ReminderRule(Row):
    """One message of a clinic that goes with appointments.

    moment, amount: days before (at at_time), hours before, or minutes after it was booked, moved or cancelled.
    channels: enums.Way values, the first that the patient accepts is taken. procedures: codes; empty means all.
    template_key: its words (messaging.MessageTemplate). active_since: what was due earlier is not sent.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    moment = models.CharField(max_length=12, choices=Moment.choices)
    amount = models.PositiveSmallIntegerField(default=1)
    at_time = models.TimeField(default=time(10))
    channels = models.JSONField(default=list)
    procedures = models.JSONField(default=list)
    template_key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    active_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(moment__in=Moment.values), name="reminder_rule_moment_is_known"),
            models.UniqueConstraint(fields=["clinic", "template_key"], name="reminder_rule_has_its_own_words"),
        ]


class Notice(Row):
    """That a rule has dealt with an appointment at a time: a message, a call, or nothing and why. Never twice.

    for_start: the appointment's time that it is about; moved to another time, it is told anew. due_at: for what happens
    at once (booked, moved, cancelled), when it may be told. withdrawn_at: not told and not true any more.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(ReminderRule, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="+", db_index=False)
    for_start = models.DateTimeField()
    state = models.CharField(max_length=8, choices=NoticeState.choices)
    why = models.CharField(max_length=12, choices=WhyNone.choices, blank=True)
    due_at = models.DateTimeField(null=True)
    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="+", null=True)
    task = models.ForeignKey(FollowUpTask, on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_is_known"),
            models.CheckConstraint(condition=Q(why__in=["", *WhyNone.values]), name="notice_reason_is_known"),
            models.UniqueConstraint(
                fields=["appointment", "rule", "for_start"], condition=Q(withdrawn_at=None), name="notice_is_given_once"
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "due_at"], condition=Q(state="due"), name="notice_by_due"),
            models.Index(fields=["clinic", "at"], name="notice_by_time"),
        ]


class CallingRules(Row):
    """When patients of a clinic may be called, and how soon after a missed appointment. No row: the defaults.

    workdays, weekend: lists of ["10:30", "12:00"]. leftover_until: reminder calls left from yesterday stand on top until then.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    workdays = models.JSONField(default=list)
    weekend = models.JSONField(default=list)
    missed_minutes = models.PositiveSmallIntegerField(default=60)
    leftover_until = models.TimeField(default=time(12))
    version = models.PositiveIntegerField(default=1)
