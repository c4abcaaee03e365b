"""What is typed on the message pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.kernel.editing import time_field
from incisor.messaging.rules import MAX_BODY


class TemplateForm(forms.Form):
    """The words of a message."""

    subject = forms.CharField(max_length=120, required=False, label=_("Subject"))
    body = forms.CharField(max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 5}), label=_("Text"))
    is_active = forms.BooleanField(required=False, label=_("Send this message"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class SendingRulesForm(forms.Form):
    """When messages may go out."""

    quiet_from = time_field(_("No messages from"), required=True)
    quiet_until = time_field(_("No messages until"), required=True)
    is_sent_on_closed_days = forms.BooleanField(
        required=False,
        label=_("Also send reminders on days on which the clinic is closed"),
        help_text=_("Otherwise they go out on the last open day before, so that somebody is there for the answers."),
    )
    public_address = forms.RegexField(
        r"^https?://[\w.:\-\[\]]+(/[\w.\-]+)*/?$",
        max_length=120,
        required=False,
        label=_("Address of this server for patients"),
        help_text=_("Such as https://desk.example.cn. Without it messages go out without a link to answer."),
        error_messages={"invalid": _("It begins with https:// and has no spaces.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
