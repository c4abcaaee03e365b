"""The confirmation of an appointment on paper or on the phone: its code as a picture."""

import uuid

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from incisor.scheduling.rules import code_of


def confirmation_qr(appointment_id: uuid.UUID) -> SafeString:
    """Return the QR of a confirmation as an SVG: digits only, so that it stays small and any scanner can type it."""
    made = segno.make(code_of(appointment_id), error="m", micro=False)
    picture = made.svg_inline(scale=4, border=3, dark="#000", light="#fff", title=_("Code of the confirmation"))
    return mark_safe(picture)
