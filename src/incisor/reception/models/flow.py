"""How the clinic wants the day to flow."""

from django.db import models
from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.reception.enums import ScreenNames


class FlowRules(Row):
    """A clinic's own rules for the flow of the day; without a row the defaults hold. Lengths in minutes.

    early_minutes: earlier than this is early. late_minutes: later than this loses the appointed place in the queue.
    prompt_minutes: from this wait on the desk is asked to tell and offer; tell_again_minutes: how long one word holds.
    recall_after_minutes: called and not come, call again. park_return: how many who wait are called first when somebody
    comes back who was not there. walk_in_patience_minutes: an ordinary walk-in stands in the queue like an appointment
    that long after coming, so that nobody waits for ever. tell_delay_minutes: who is booked later is told when the own
    time will be late by this much. sends_aftercare: a sheet that nobody printed goes by message when the visit is closed.
    survey_after_minutes, survey_every_days: when the one question goes out after a visit, and not more often than that.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    early_minutes = models.PositiveSmallIntegerField(default=30)
    late_minutes = models.PositiveSmallIntegerField(default=15)
    prompt_minutes = models.PositiveSmallIntegerField(default=15)
    tell_again_minutes = models.PositiveSmallIntegerField(default=10)
    recall_after_minutes = models.PositiveSmallIntegerField(default=3)
    park_return = models.PositiveSmallIntegerField(default=1)
    walk_in_patience_minutes = models.PositiveSmallIntegerField(default=60)
    offers = models.CharField(max_length=200, blank=True)
    kiosk_is_on = models.BooleanField(default=True)
    link_checkin_is_on = models.BooleanField(default=True)
    screen_names = models.CharField(max_length=10, choices=ScreenNames.choices, default=ScreenNames.MASKED)
    voice_is_on = models.BooleanField(default=True)
    tell_delay_minutes = models.PositiveSmallIntegerField(default=15)
    sends_aftercare = models.BooleanField(default=True)
    survey_is_on = models.BooleanField(default=True)
    survey_after_minutes = models.PositiveSmallIntegerField(default=120)
    survey_every_days = models.PositiveSmallIntegerField(default=30)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(screen_names__in=ScreenNames.values), name="flow_screen_names_are_known")
        ]
