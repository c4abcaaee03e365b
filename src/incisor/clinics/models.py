"""Places and what is done there: organisation, clinics, rooms, chairs, hours, closures, holidays, procedures."""

from datetime import time

from django.db import models
from django.db.models import F, Q

from incisor.clinics.enums import ChairState, DeviceKind, HolidayKind, Specialty
from incisor.kernel.models import Row


class Organisation(Row):
    """The owner of everything in this database."""

    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    country = models.CharField(max_length=2, default="CN")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Clinic(Row):
    """One clinic. Limits are minutes; every figure is a default that the settings page changes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clinics")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=40, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="CNY")
    day_starts_at = models.TimeField(default=time(0))
    wait_limit_minutes = models.PositiveSmallIntegerField(default=15)
    idle_lock_minutes = models.PositiveSmallIntegerField(default=10)
    buffer_percent = models.PositiveSmallIntegerField(default=15)
    follows_public_holidays = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="clinic_code_is_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def clinic_id(self) -> object:
        """The clinic is its own clinic: so that the guard finds it in any argument."""
        return self.pk


class Room(Row):
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    floor = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="room_name_is_unique")]

    def __str__(self) -> str:
        return self.name


class Chair(Row):
    """A chair. capabilities: list of ChairNeed values. state: what it is doing now."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="chairs")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="chairs")
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    capabilities = models.JSONField(default=list)
    equipment = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20, choices=ChairState.choices, default=ChairState.FREE)
    state_since = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="chair_name_is_unique"),
            models.CheckConstraint(condition=Q(state__in=ChairState.values), name="chair_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(Row):
    """When a clinic is open on a weekday (0 is Monday); several rows a day leave a lunch break between them."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday_is_known"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_close_after_open"),
        ]


class Closure(Row):
    """A time in which the clinic (or one chair of it) takes nobody."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="closures")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, related_name="closures", null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="closure_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["clinic", "ends_at"], name="closure_by_time")]


class Holiday(Row):
    """A public holiday, or a weekend day that is worked to make up for one (调休). Of the whole organisation."""

    day = models.DateField()
    kind = models.CharField(max_length=10, choices=HolidayKind.choices)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    source = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day"], name="holiday_day_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=HolidayKind.values), name="holiday_kind_is_known"),
        ]


class Procedure(Row):
    """A treatment that can be booked and done. Lengths in minutes, on the grid of 5.

    letter: its key on the booking line. follow_up_key, aftercare_key: what follows it (outreach). busy: when the
    dentist's own hands are needed, as pairs [from, to) of minutes after the start, on the grid of 5; empty: all the
    time. equipment_needs: words that the chair's equipment must name.
    """

    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    short_zh = models.CharField(max_length=20, blank=True)
    duration_minutes = models.PositiveSmallIntegerField()
    busy = models.JSONField(default=list)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    specialty = models.CharField(max_length=20, choices=Specialty.choices, default=Specialty.GENERAL)
    chair_needs = models.JSONField(default=list)
    equipment_needs = models.JSONField(default=list)
    follow_up_key = models.CharField(max_length=20, default="other")
    aftercare_key = models.CharField(max_length=20, blank=True)
    letter = models.CharField(max_length=1, blank=True)
    is_per_tooth = models.BooleanField(default=False)
    is_high_risk = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(specialty__in=Specialty.values), name="procedure_specialty_is_known"),
            models.UniqueConstraint(fields=["code"], name="procedure_code_is_unique"),
            models.CheckConstraint(
                condition=Q(duration_minutes__gte=5) & Q(duration_minutes__lte=480), name="procedure_length_is_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Device(Row):
    """A screen, kiosk or telephone system that shows itself by a token: nobody signs in at it.

    token_hash: SHA-256 of the token, which is shown once. options: what this device shows or does, by its kind.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField(max_length=10, choices=DeviceKind.choices)
    name = models.CharField(max_length=40)
    token_hash = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    added_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="device_token_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=DeviceKind.values), name="device_kind_is_known"),
        ]
        indexes = [models.Index(fields=["clinic", "kind"], name="device_by_kind")]

    def __str__(self) -> str:
        return self.name
