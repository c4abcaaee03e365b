"""How forms look: every {{ form }} and {{ form.x.as_field_group }} is drawn with the house's markup."""

from typing import Any

from django import forms
from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

CHECKS = (widgets.CheckboxInput,)
CHOICE_LISTS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)


class HouseField(BoundField):
    """A field that knows the class its widget wears and whether it is in order."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the class of the kit, and mark a field with errors for eye and screen reader."""
        attrs = super().build_widget_attrs(attrs, widget)
        shown = widget or self.field.widget
        attrs["class"] = " ".join(filter(None, [self.kind_class(shown), shown.attrs.get("class", "")]))
        if self.errors and not shown.is_hidden:
            attrs["class"] = f"{attrs['class']} is-invalid"
        return attrs

    @staticmethod
    def kind_class(widget: forms.Widget) -> str:
        """Return the class of the kit for that kind of widget."""
        if isinstance(widget, (*CHECKS, *CHOICE_LISTS)):
            return "form-check-input"
        if isinstance(widget, widgets.Select):
            return "form-select"
        if widget.is_hidden:
            return ""
        return "form-control"

    @property
    def is_check(self) -> bool:
        """Tell whether the label stands beside the box instead of above it."""
        return isinstance(self.field.widget, CHECKS)

    @property
    def is_choice_list(self) -> bool:
        """Tell whether the field is a group of boxes, which needs a legend."""
        return isinstance(self.field.widget, CHOICE_LISTS)


class FormRenderer(TemplatesSetting):
    """Draws forms with the templates in kernel/forms/. Set as FORM_RENDERER."""

    form_template_name = "kernel/forms/form.html"
    field_template_name = "kernel/forms/field.html"
    bound_field_class = HouseField
