"""Tables that need no dentistry: number series, versions of live pages, finished requests."""

from typing import Any

from django.db import models
from django.utils.encoding import force_str

from incisor.kernel.fields import as_uuid
from incisor.kernel.ids import uuid7

__all__ = ["FinishedRequest", "Installation", "JobRun", "LiveVersion", "NumberSeries", "Row", "as_uuid"]


class Row(models.Model):
    """A row with a UUIDv7 key, made in Python."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:
        # Django hashes every label, which translates it, at each call; lists call it hundreds of times
        if "incisor_labels" not in field.__dict__:
            field.incisor_labels = dict(field.flatchoices)
        value = getattr(self, field.attname)
        return force_str(field.incisor_labels.get(value, value), strings_only=True)


class Installation(Row):
    """The one row that says what this database is: its key ring, and whether it holds demo data."""

    key_fingerprint = models.CharField(max_length=16)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    version = models.CharField(max_length=20)


class NumberSeries(Row):
    """The last number given out in a series of a clinic and period; numbers are allotted in the user's transaction."""

    clinic_id = models.UUIDField()
    series = models.CharField(max_length=30)
    period = models.CharField(max_length=10)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic_id", "series", "period"], name="number_series_is_unique"),
        ]


class LiveVersion(Row):
    """A counter that grows with each change of a topic in a clinic; open pages ask for it."""

    clinic_id = models.UUIDField()
    topic = models.CharField(max_length=20)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "topic"], name="live_version_is_unique")]


class FinishedRequest(Row):
    """The answer to a request that must not happen twice (booking, payment), by the key the page sent along.

    content: fingerprint of what was asked, where the same key with other content must be refused; else empty.
    """

    key = models.CharField(max_length=64)
    user_id = models.UUIDField()
    action = models.CharField(max_length=60)
    result_id = models.UUIDField()
    content = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="finished_request_is_unique")]


class JobRun(Row):
    """One run of a job that the clock starts: unique by name and slot, so that two workers never run it twice."""

    name = models.CharField(max_length=60)
    slot = models.CharField(max_length=25)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    is_failed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="job_run_is_unique")]
        indexes = [models.Index(fields=["name", "-started_at"], name="job_run_latest")]
