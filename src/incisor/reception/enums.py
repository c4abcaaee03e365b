"""Words of the desk."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ScreenNames(TextChoices):
    """What the screen in the waiting room shows of a patient."""

    MASKED = "masked", pgettext_lazy("screen", "Number and masked name")
    NUMBER = "number", pgettext_lazy("screen", "Number only")


class WaitWord(TextChoices):
    """What was said to somebody who waits too long."""

    TOLD = "told", pgettext_lazy("wait", "Told how long, apologised")
    OFFERED = "offered", pgettext_lazy("wait", "Offered something")
    NOTED = "noted", pgettext_lazy("wait", "Noted")
