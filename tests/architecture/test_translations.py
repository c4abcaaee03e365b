"""The script that keeps the Chinese catalogues finds what it must find."""

from pathlib import Path

import polib
import pytest

from scripts import translations

PYTHON = """
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext
A = _("Patient")
B = gettext("One " "sentence")
C = ngettext("%(count)s tooth", "%(count)s teeth", 3)
D = pgettext("verb", "Book")
E = gettext(variable)
"""
TEMPLATE = """
{% load i18n %}{% translate "Today" %}{% translate "Book" context "verb" %}{{ _("Save") }}
{% blocktranslate trimmed with who=name %}
  {{ who }}
  waits
{% endblocktranslate %}
{% blocktranslate count number=n %}{{ number }} visit{% plural %}{{ number }} visits{% endblocktranslate %}
{% translate "It's 50% off" %}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    folder = tmp_path / "things"
    (folder / "templates").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "words.py").write_text(PYTHON)
    (folder / "templates" / "page.html").write_text(TEMPLATE)
    return folder


def filled(app: Path) -> polib.POFile:
    translations.update(["things"])
    catalogue = polib.pofile(app / translations.CATALOGUE)
    for entry in catalogue:
        text = entry.msgid_plural or entry.msgid
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    catalogue.save()
    return catalogue


def test_update_finds_every_text(app: Path) -> None:
    translations.update(["things"])

    catalogue = polib.pofile(app / translations.CATALOGUE)
    assert [(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue] == [
        (None, "%(count)s tooth", "%(count)s teeth"),
        (None, "%(number)s visit", "%(number)s visits"),
        (None, "%(who)s waits", ""),
        ("verb", "Book", ""),
        (None, "It's 50%% off", ""),
        (None, "One sentence", ""),
        (None, "Patient", ""),
        (None, "Save", ""),
        (None, "Today", ""),
    ]


def test_update_keeps_what_is_translated(app: Path) -> None:
    filled(app)

    translations.update(["things"])

    assert translations.check(["things"]) == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('_("New")', "missing 'New'"),
        ('_(f"{x}")', "f-string"),
        ('_("")', "empty text"),
    ],
)
def test_check_reports_source(app: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str) -> None:
    filled(app)
    (app / "more.py").write_text(f"from django.utils.translation import gettext as _\nX = {text}\n")

    assert translations.check(["things"]) == 1
    assert problem in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"msgstr": ""}, "not translated 'Patient'"),
        ({"flags": ["fuzzy"]}, "fuzzy 'Patient'"),
        ({"obsolete": True}, "obsolete 'Patient'"),
        ({"msgstr": "%(name)s"}, "places differ in 'Patient'"),
        ({"msgstr": "{name}"}, "places differ in 'Patient'"),
    ],
)
def test_check_reports_catalogue(
    app: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], problem: str
) -> None:
    catalogue = filled(app)
    for name, value in change.items():
        setattr(catalogue.find("Patient"), name, value)
    catalogue.save()

    assert translations.check(["things"]) == 1
    assert problem in capsys.readouterr().out


def test_check_reports_two_translations_of_one_text(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = filled(app)
    other = app.parent / "others"
    (other / "locale" / "zh_Hans" / "LC_MESSAGES").mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "words.py").write_text('_("Patient")')
    catalogue.find("Patient").msgstr = "患者"
    catalogue.save(str(other / translations.CATALOGUE))

    assert translations.check(["things"]) == 1
    assert "'Patient' is '患者' in others and 'Patient' in things" in capsys.readouterr().out


def test_compile_builds_what_django_reads(app: Path) -> None:
    filled(app)

    translations.compile_all()

    built = polib.mofile(str((app / translations.CATALOGUE).with_suffix(".mo")))
    assert built.find("Save").msgstr == "Save"
