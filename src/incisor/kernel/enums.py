"""Words of the kernel."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Period(TextChoices):
    """How often a number series starts again."""

    DAY = "day", _("each day")
    YEAR = "year", _("each year")
    NEVER = "never", _("never")
