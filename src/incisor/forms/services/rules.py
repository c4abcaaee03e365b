"""When the clinic asks for which form, and its figures."""

from datetime import datetime

from django.utils.translation import gettext as _

from incisor.accounts.access import action
from incisor.accounts.enums import Permission
from incisor.accounts.models import User
from incisor.audit.services import record
from incisor.clinics.models import Clinic
from incisor.forms import queries
from incisor.forms.enums import Occasion, Only
from incisor.forms.models import FormDesign, FormPolicy, FormRule
from incisor.kernel.errors import ChangedMeanwhile, Refused

FIGURES = ("guardian_below_age", "link_hours", "tablet_minutes")


class RuleWrong(Refused):
    """The rule makes no sense. details: field."""

    code = "form_rule_wrong"


class PolicyChanged(ChangedMeanwhile):
    """Somebody else changed the figures first."""

    code = "form_policy_changed"


@action(Permission.FORM_EDIT)
def set_rule(
    *,
    by: User,
    clinic: Clinic,
    design: FormDesign,
    occasion: str,
    at: datetime,
    months: int = 0,
    from_age: int | None = None,
    to_age: int | None = None,
    only: str = "",
) -> FormRule:
    """Ask for a form at an occasion; a rule for the same form and occasion is changed. Raises RuleWrong."""
    if occasion == Occasion.EVERY and not 1 <= months <= 120:
        raise RuleWrong(_("Say after how many months it is asked for again: 1 to 120."), field="months")
    if occasion == Occasion.PROCEDURE and not queries.design(clinic, design.pk).held_procedures:  # type: ignore[attr-defined]
        raise RuleWrong(_("Choose for which procedures this form is first, on the form's own page."), field="design")
    if from_age is not None and to_age is not None and from_age > to_age:
        raise RuleWrong(_("The first age is larger than the last one."), field="to_age")
    values = {
        "months": months if occasion == Occasion.EVERY else 0,
        "from_age": from_age,
        "to_age": to_age,
        "only": Only(only).value,
    }
    before = FormRule.objects.select_for_update().filter(design=design, occasion=occasion).first()
    if before is None:
        row = FormRule.objects.create(
            clinic=clinic,
            design=design,
            occasion=Occasion(occasion),
            since=queries.day_of(clinic, at),
            position=FormRule.objects.filter(clinic=clinic).count(),
            **values,
        )
    else:
        FormRule.objects.filter(pk=before.pk).update(**values, is_active=True)
        row = queries.rule(clinic, before.pk)
    told = {"form": design.key, "occasion": occasion, **{name: value for name, value in values.items() if value}}
    record("form.rule_set", subject=row, after=told)
    return row


@action(Permission.FORM_EDIT)
def stop_rule(*, by: User, rule: FormRule, at: datetime) -> None:
    """Ask for the form at this occasion no more. Doing it twice changes nothing."""
    if FormRule.objects.filter(pk=rule.pk, is_active=True).update(is_active=False):
        record("form.rule_stopped", subject=rule, before={"form": rule.design.key, "occasion": rule.occasion})


@action(Permission.FORM_EDIT)
def resume_rule(*, by: User, rule: FormRule, at: datetime) -> None:
    """Ask for the form at this occasion again."""
    if FormRule.objects.filter(pk=rule.pk, is_active=False).update(is_active=True):
        record("form.rule_set", subject=rule, after={"form": rule.design.key, "occasion": rule.occasion})


@action(Permission.FORM_EDIT)
def change_policy(*, by: User, clinic: Clinic, version: int, figures: dict[str, int], at: datetime) -> FormPolicy:
    """Change the clinic's figures about forms. figures: names of FIGURES. Raises PolicyChanged."""
    row, _made = FormPolicy.objects.select_for_update().get_or_create(clinic=clinic)
    if row.version != version:
        raise PolicyChanged(_("Somebody else changed these figures meanwhile. Look at them again, then go on."))
    before = {name: getattr(row, name) for name in FIGURES}
    for name in FIGURES:
        setattr(row, name, figures[name])
    row.version += 1
    row.save()
    record("form.policy_changed", subject=row, before=before, after={name: figures[name] for name in FIGURES})
    return row
