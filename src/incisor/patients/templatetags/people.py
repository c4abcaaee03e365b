"""Template tags about people: ages, masked numbers."""

from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.kernel import clock
from incisor.patients.queries.files import dialled_number, is_covered
from incisor.patients.queries.files import shown_name as name_shown
from incisor.patients.rules import age_on, mask_address, mask_email, mask_id, mask_name, mask_phone, shown_phone

register = template.Library()
MASKS = {"phone": mask_phone, "email": mask_email, "address": mask_address}


def age_text(born_on: date | None, day: date) -> str:
    """Return the age as people say it: 36 years, 8 months; empty when unknown."""
    age = age_on(born_on=born_on, day=day)
    if age is None:
        return ""
    if age.is_told_in_months:
        return ngettext("%(count)d month", "%(count)d months", age.months) % {"count": age.months}
    return ngettext("%(count)d year", "%(count)d years", age.years) % {"count": age.years}


@register.simple_tag(takes_context=True)
def age(context: template.Context, patient: Any) -> str:
    """Say the patient's age today on the clinic's calendar."""
    clinic = getattr(context.get("request"), "clinic", None)
    zone = clinic.zone if clinic is not None else "Asia/Shanghai"
    return age_text(patient.born_on, clock.local(clock.now(), zone).date())


@register.filter
def masked(value: str, field: str) -> str:
    """Cover the middle of a sealed value."""
    return MASKS.get(field, mask_id)(value) if value else ""


@register.filter
def masked_name(value: str) -> str:
    """Return the name as a public screen may show it."""
    return mask_name(value)


@register.filter
def shown_name(patient: Any) -> str:
    """Return the patient's name, or that the file is restricted where whoever looks may not see it."""
    return name_shown(patient) if patient else ""


@register.filter
def phone_groups(value: str) -> str:
    """Return a phone number in groups, as it is read aloud."""
    return shown_phone(value)


@register.filter
def sex_icon(value: str) -> str:
    """Return the icon of a sex, empty when unknown."""
    return {"female": "gender-female", "male": "gender-male"}.get(value, "")


@register.simple_tag
def covered(patient: Any) -> bool:
    """Tell whether the file is hidden from whoever looks, on the patient's request. No patient is no such file."""
    return patient is not None and is_covered(patient)


@register.simple_tag
def dial_number(patient: Any) -> str:
    """Return the number to dial; empty where there is none and where the file is hidden from whoever looks."""
    return dialled_number(patient)


@register.simple_tag
def no_value() -> str:
    """Say that nothing is known."""
    return _("not noted")
