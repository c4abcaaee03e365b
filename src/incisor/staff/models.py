"""People at work: who they are, where they work, when."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.models import Row
from incisor.staff.enums import LeaveKind, StaffKind


class StaffMember(Row):
    """A person who works here, with or without an account. specialties: list of clinics.enums.Specialty values."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+", null=True)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=StaffKind.choices)
    title = models.CharField(max_length=40, blank=True)
    specialties = models.JSONField(default=list)
    licence_number = models.CharField(max_length=40, blank=True)
    licence_expires_on = models.DateField(null=True)
    introduction = models.TextField(blank=True)
    colour = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="staff_number_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=StaffKind.values), name="staff_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(Row):
    """A person works in a clinic. chair: where a dentist usually works there."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="placements")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    chair = models.ForeignKey("clinics.Chair", on_delete=models.PROTECT, related_name="+", null=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "clinic"], name="placement_is_unique")]


class RosterRule(Row):
    """Weekly working hours, valid between two dates. Several rows a weekday leave breaks between them."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="roster_rules")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="roster_rule_weekday_is_known"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="roster_rule_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["clinic", "staff", "weekday"], name="roster_rule_by_person")]


class RosterException(Row):
    """One day that differs from the weekly hours: other hours, or off (both times empty). Replaces that day's rules."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="roster_exceptions")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None, ends=None) | Q(ends__gt=F("starts")), name="roster_exception_has_hours_or_none"
            ),
        ]
        indexes = [models.Index(fields=["clinic", "staff", "day"], name="roster_exception_by_day")]


class Leave(Row):
    """A time away from work, in every clinic."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=10, choices=LeaveKind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LeaveKind.values), name="leave_kind_is_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["staff", "ends_at"], name="leave_by_time")]


class Shift(Row):
    """A named desk shift of a clinic: A 09:00-17:00, B 12:00-20:00 (REQUIREMENTS DSK-4)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=40)
    starts = models.TimeField()
    ends = models.TimeField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="shift_code_is_unique"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="shift_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class ShiftDuty(Row):
    """A person on a desk shift on a day."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="duties")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="duties")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "day", "shift"], name="shift_duty_is_unique")]
        indexes = [models.Index(fields=["clinic", "day"], name="shift_duty_by_day")]
