"""What is typed and chosen at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.models import Clinic
from incisor.reception import queries
from incisor.reception.enums import CareDecision, WaitWord
from incisor.staff.models import StaffMember
from incisor.staff.queries import dentists
from incisor.visits.enums import Urgency, VisitKind
from incisor.visits.models import Visit

PLACES = [("first", _("Next after emergencies")), ("last", _("Behind all others")), ("ordinary", _("Ordinary place"))]


class SignsField(forms.MultipleChoiceField):
    """Signs of triage, by key."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, **more)

    def offer(self, clinic: Clinic) -> None:
        """Let the clinic's signs be chosen."""
        self.choices = [(sign.key, sign.label) for sign in queries.signs(clinic)]


class WalkInForm(forms.Form):
    """Somebody without appointment: why, how urgent, to whom."""

    signs = SignsField()
    urgency = forms.ChoiceField(choices=[("", ""), *Urgency.choices], required=False, label=_("Urgency"))
    complaint = forms.CharField(max_length=200, required=False, label=_("Complaint"))
    dentist = forms.ChoiceField(required=False, label=_("Dentist"))

    def __init__(self, *args: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["signs"].offer(clinic)  # type: ignore[attr-defined]
        self.people = {str(person.pk): person for person in dentists(clinic)}
        self.fields["dentist"].choices = [  # type: ignore[attr-defined]
            ("", _("Whoever is free")),
            *((key, person.name) for key, person in self.people.items()),
        ]

    def chosen(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "signs": given["signs"],
            "urgency": given["urgency"] or None,
            "complaint": given["complaint"],
            "dentist": self.people.get(given["dentist"]),
        }


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=200, required=False, label=_("Reason"))


class ReorderForm(forms.Form):
    """Another place in the queue, and why."""

    place = forms.ChoiceField(choices=PLACES, label=_("Place"))
    reason = forms.CharField(max_length=200, required=False, label=_("Reason"))


class RedirectForm(forms.Form):
    """To whom somebody goes instead, and why."""

    dentist = forms.ChoiceField(required=False, label=_("Dentist"))
    reason = forms.CharField(max_length=200, required=False, label=_("Reason"))

    def __init__(self, *args: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = {str(person.pk): person for person in dentists(clinic)}
        self.fields["dentist"].choices = [  # type: ignore[attr-defined]
            ("", _("Whoever is free")),
            *((key, person.name) for key, person in self.people.items()),
        ]

    def chosen(self) -> StaffMember | None:
        """Return the dentist, None for whoever is free first."""
        return self.people.get(self.cleaned_data["dentist"])


class ToldForm(forms.Form):
    """What was said to somebody who waits."""

    word = forms.ChoiceField(choices=WaitWord.choices)
    note = forms.CharField(max_length=120, required=False, label=_("Note"))


class TriageForm(forms.Form):
    """How urgent somebody is."""

    signs = SignsField()
    urgency = forms.ChoiceField(choices=[("", ""), *Urgency.choices], required=False, label=_("Urgency"))

    def __init__(self, *args: Any, clinic: Clinic, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["signs"].offer(clinic)  # type: ignore[attr-defined]


class CorrectForm(forms.Form):
    """Dentist, kind of visit and the note between chair and desk."""

    dentist = forms.ChoiceField(required=False, label=_("Dentist"))
    kind = forms.ChoiceField(choices=VisitKind.choices, label=_("Kind of visit"))
    desk_note = forms.CharField(max_length=200, required=False, label=_("Note between chair and desk"))

    def __init__(self, *args: Any, clinic: Clinic, visit: Visit, **more: Any) -> None:
        more["initial"] = {"dentist": str(visit.dentist_id or ""), "kind": visit.kind, "desk_note": visit.desk_note}
        super().__init__(*args, **more)
        self.people = {str(person.pk): person for person in dentists(clinic)}
        self.fields["dentist"].choices = [  # type: ignore[attr-defined]
            ("", _("Whoever is free")),
            *((key, person.name) for key, person in self.people.items()),
        ]

    def chosen(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "dentist": self.people.get(given["dentist"]),
            "kind": given["kind"],
            "desk_note": given["desk_note"],
        }


class CareForm(forms.Form):
    """What the dentist decides about the warnings before an operation, and why."""

    warnings = forms.MultipleChoiceField(required=False)
    decision = forms.ChoiceField(choices=CareDecision.choices, required=False)
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        # whichever stood on the page: the service keeps those that still stand
        sent = self.data.getlist("warnings") if self.is_bound else []
        self.fields["warnings"].choices = [(key, key) for key in sent[:40]]  # type: ignore[attr-defined]
