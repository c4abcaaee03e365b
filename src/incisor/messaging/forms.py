"""What is typed on the message pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.messaging.rules import MAX_BODY


class TemplateForm(forms.Form):
    """The words of a message."""

    subject = forms.CharField(max_length=120, required=False, label=_("Subject"))
    body = forms.CharField(max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 5}), label=_("Text"))
    is_active = forms.BooleanField(required=False, label=_("Send this message"))
    version = forms.IntegerField(widget=forms.HiddenInput)
