"""Places of the check-out page that upper apps fill in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.safestring import SafeString

from incisor.kernel.hooks import Entry, Place
from incisor.visits.models import Visit


@dataclass(frozen=True, kw_only=True)
class CheckOutPart(Entry):
    """A part of the check-out page below a settled charge sheet: draw(request, visit, at) returns it, empty for nothing.

    What it draws stands in place of the times for the next visit, which it offers itself.
    """

    draw: Callable[[HttpRequest, Visit, datetime], SafeString]


check_out_parts: Place[CheckOutPart] = Place("check_out_parts")
