"""When an appointment stands: what is asked of whom before, and what patients may change by themselves."""

from django.db import models
from django.db.models import Q

from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.scheduling.enums import Demand


class ConfirmationRules(Row):
    """A clinic's own figures; no row: these defaults.

    Of the last `counted_visits` of a patient, from `missed_limit` missed ones on, `demand` is asked before an appointment
    stands (0: never). By a link a patient may cancel or move until so many hours before, to the next `move_days` days.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    counted_visits = models.PositiveSmallIntegerField(default=10)
    missed_limit = models.PositiveSmallIntegerField(default=2)
    demand = models.CharField(max_length=10, choices=Demand.choices, default=Demand.DOUBLE)
    deposit_minor = models.PositiveIntegerField(default=10000)
    may_cancel = models.BooleanField(default=True)
    cancel_hours = models.PositiveSmallIntegerField(default=24)
    may_move = models.BooleanField(default=True)
    move_hours = models.PositiveSmallIntegerField(default=24)
    move_days = models.PositiveSmallIntegerField(default=14)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(demand__in=Demand.values), name="confirmation_rules_demand_is_known"),
            models.CheckConstraint(condition=Q(counted_visits__gte=1), name="confirmation_rules_count_visits"),
        ]
