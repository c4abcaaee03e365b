"""How somebody likes to see the calendar."""

from django.db import models
from django.db.models import Q

from incisor.accounts.models import User
from incisor.kernel.models import Row
from incisor.scheduling.enums import ColoursBy


class CalendarLook(Row):
    """How a person likes to see the calendar, in every clinic. zoom_minutes: what one line of it stands for."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    zoom_minutes = models.PositiveSmallIntegerField(default=15)
    colours_by = models.CharField(max_length=6, choices=ColoursBy.choices, default=ColoursBy.STATUS)
    shows_freed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(zoom_minutes__in=[5, 10, 15]), name="calendar_zoom_is_possible"),
            models.CheckConstraint(condition=Q(colours_by__in=ColoursBy.values), name="calendar_colours_are_known"),
        ]
