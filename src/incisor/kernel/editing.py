"""Pages on which one thing is edited: the same form as a page and in the side panel, with and without JavaScript."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from incisor.kernel.errors import Refused
from incisor.kernel.htmx import redirect, render

GRID_SECONDS = 300


def refuse(form: forms.BaseForm, refusal: Refused) -> None:
    """Show a refusal at the field that it names (details field=…), else above the form."""
    field = refusal.details.get("field")
    form.add_error(field if field in form.fields else None, str(refusal))


def edit_page(
    request: HttpRequest,
    form: forms.BaseForm,
    *,
    heading: Any,
    back: str,
    template: str = "kernel/edit.html",
    **context: Any,
) -> HttpResponse:
    """Return the form as a page or for the side panel; status 422 when something in it is wrong.

    back: address of the page to return to. save_label, intro, deeds (POST buttons: url, label, confirm) are optional.
    """
    context |= {"form": form, "heading": heading, "back": back}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, context, partial="form", status=status)


def typed(request: HttpRequest) -> Any:
    """Return what was sent for the form to check, None when the form is only looked at."""
    return request.POST if request.method == "POST" else None


def saved(request: HttpRequest, to: str, text: Any, *args: Any, level: int = messages.SUCCESS) -> HttpResponse:
    """Say that it is done and go on. to: a URL name (with args) or an address."""
    messages.add_message(request, level, str(text))
    return redirect(request, to if to.startswith("/") else reverse(to, args=args))


def time_field(label: Any, *, required: bool = False, **more: Any) -> forms.TimeField:
    """Return a field for a time on the clinic's clock."""
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": GRID_SECONDS})
    return forms.TimeField(label=label, required=required, widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **more)


def date_field(label: Any, *, required: bool = True, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"]
    return forms.DateField(label=label, required=required, widget=widget, input_formats=formats, **more)
