"""Words of the kernel."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Period(TextChoices):
    """How often a number series starts again."""

    DAY = "day", pgettext_lazy("number series", "each day")
    YEAR = "year", pgettext_lazy("number series", "each year")
    NEVER = "never", pgettext_lazy("number series", "never")
