"""What is typed about ready text for notes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incisor.clinics.queries import procedures
from incisor.visits.queries import SECTIONS, Template, diagnoses, procedure_name

USUAL = "*"
HEADINGS: dict[str, Any] = {
    "complaint": _("Complaint"),
    "findings": _("Findings"),
    "diagnosis": _("Diagnosis"),
    "treatment": _("Treatment"),
    "advice": _("Advice"),
}


def lines_of(rows: list[dict[str, Any]], language: str) -> str:
    """Return sentences as they are edited: one a line, those of the usual text with a star before."""
    return "\n".join(f"{USUAL if row.get('usual') else ''}{row.get(language, '')}" for row in rows)


def rows_of(zh: str, en: str) -> list[dict[str, Any]]:
    """Return sentences out of the two fields; line by line they belong together."""
    first, second = ([line.strip() for line in text.replace("\r\n", "\n").split("\n")] for text in (zh, en))
    found = []
    for place in range(max(len(first), len(second))):
        words = [lines[place] if place < len(lines) else "" for lines in (first, second)]
        row = {"zh": words[0].lstrip(USUAL).strip(), "en": words[1].lstrip(USUAL).strip()}
        if row["zh"] or row["en"]:
            found.append(row | ({"usual": True} if any(word.startswith(USUAL) for word in words) else {}))
    return found


class TemplateForm(forms.Form):
    """A template: its names, what it belongs to, its sentences in both languages."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    procedures = forms.MultipleChoiceField(
        label=_("Offered first with these procedures"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    diagnoses = forms.MultipleChoiceField(
        label=_("Proposes these diagnoses"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, template: Template | None = None, **more: Any) -> None:
        if template is not None:
            more["initial"] = {
                "name_zh": template.name_zh,
                "name_en": template.name_en,
                "procedures": list(template.procedures),
                "diagnoses": list(template.diagnoses),
                "version": template.version,
                **{
                    f"{section}_{language}": lines_of(template.sentences[section], language)
                    for section in SECTIONS
                    for language in ("zh", "en")
                },
            }
        super().__init__(*args, **more)
        self.fields["procedures"].choices = [(row.code, procedure_name(row)) for row in procedures()]  # type: ignore[attr-defined]
        self.fields["diagnoses"].choices = [(one.code, f"{one.code} {one.label}") for one in diagnoses()]  # type: ignore[attr-defined]
        for section in SECTIONS:
            for language in ("zh", "en"):
                self.fields[f"{section}_{language}"] = forms.CharField(
                    label=HEADINGS[section], required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4})
                )

    def pairs(self) -> list[tuple[Any, Any, Any]]:
        """Return heading, Chinese and English field of every part."""
        return [(HEADINGS[section], self[f"{section}_zh"], self[f"{section}_en"]) for section in SECTIONS]

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "name_zh": given["name_zh"],
            "name_en": given["name_en"],
            "procedures": given["procedures"],
            "diagnoses": given["diagnoses"],
            "sentences": {section: rows_of(given[f"{section}_zh"], given[f"{section}_en"]) for section in SECTIONS},
        }
