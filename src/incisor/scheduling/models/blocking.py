"""What narrows the calendar: a clinic's figures for booking, daily limits, blocks of a day and of every week."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Chair, Clinic
from incisor.kernel.models import Row
from incisor.scheduling.enums import BlockKind
from incisor.staff.models import StaffMember


class BookingRules(Row):
    """A clinic's own figures for booking, one row a clinic; without a row the defaults hold. Lengths in minutes.

    hold_minutes: how long a picked time is kept while a form is open. reserve_opens_minutes: how long before its start
    a reserve for emergencies opens for everybody.
    """

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, related_name="+")
    hold_minutes = models.PositiveSmallIntegerField(default=5)
    reserve_opens_minutes = models.PositiveSmallIntegerField(default=120)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1) & Q(hold_minutes__lte=60), name="booking_rules_hold_is_short"
            )
        ]


class DailyLimit(Row):
    """How many appointments of some kinds a day takes at most.

    kinds: "specialty:implants", "procedure:<code>" (rules.kinds); any of them counts. dentist: only this one's;
    is_each_dentist: each dentist's own; else those of the clinic together.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    is_each_dentist = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    kinds = models.JSONField(default=list)
    most = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dentist__isnull=True) | Q(is_each_dentist=False), name="daily_limit_is_of_one_or_of_each"
            ),
            models.CheckConstraint(condition=Q(most__gte=1), name="daily_limit_allows_at_least_one"),
        ]
        indexes = [models.Index(fields=["clinic"], name="daily_limit_by_clinic")]


class Block(Row):
    """A time that is not for everything: lunch, meeting, reserve for emergencies, some treatments only, closed.

    dentist, chair: whose; both empty: every dentist's. only: for which kinds of treatment it is kept (as in
    DailyLimit.kinds). opens_minutes: how long before its start a reserve opens for everybody.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=BlockKind.choices, default=BlockKind.OTHER)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120)
    only = models.JSONField(default=list)
    opens_minutes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BlockKind.values), name="block_kind_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="block_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(dentist__isnull=True) | Q(chair__isnull=True), name="block_is_of_a_dentist_or_chair"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "ends_at"], name="block_by_time")]


class BlockRule(Row):
    """A block that comes back every week, valid on both named days and between. Other fields as in Block.

    weekdays: numbers, 0 is Monday. skipped: days (ISO) on which it does not hold.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    dentist = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+", null=True)
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=BlockKind.choices)
    weekdays = models.JSONField(default=list)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    skipped = models.JSONField(default=list)
    reason = models.CharField(max_length=120)
    only = models.JSONField(default=list)
    opens_minutes = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BlockKind.values), name="block_rule_kind_is_known"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="block_rule_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(dentist__isnull=True) | Q(chair__isnull=True), name="block_rule_is_of_a_dentist_or_chair"
            ),
        ]
        indexes = [models.Index(fields=["clinic"], name="block_rule_by_clinic", condition=Q(removed_at__isnull=True))]
