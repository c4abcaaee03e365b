"""What the screens in the waiting room tell besides the calls."""

from django.db import models
from django.db.models import F, Q

from incisor.accounts.models import User
from incisor.clinics.models import Clinic
from incisor.kernel.models import Row


class ScreenNotice(Row):
    """A notice on every screen of the waiting room, between two moments. ends_at: None until somebody takes it away.

    is_urgent: stands out, before the others. removed_at: taken away; the row stays, so that it can be brought back.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    text_zh = models.CharField(max_length=120, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    is_urgent = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text_zh="") | ~Q(text_en=""), name="screen_notice_says_something"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="screen_notice_ends_after_it_starts",
            ),
        ]
        indexes = [models.Index(fields=["clinic", "removed_at", "ends_at"], name="screen_notice_by_clinic")]

    def __str__(self) -> str:
        return self.text_zh or self.text_en
