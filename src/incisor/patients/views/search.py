"""The one search of the bar: patients, pages, actions."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from incisor.accounts.access import may, page
from incisor.accounts.enums import Permission
from incisor.kernel import clock
from incisor.kernel.addresses import address_of
from incisor.kernel.hooks import Link, commands, navigation
from incisor.kernel.htmx import render
from incisor.patients import queries, rules
from incisor.patients.hooks import code_readers

LINKS_AT_MOST = 5


@dataclass(frozen=True)
class Row:
    """A hit with the addresses of its verbs; empty when the person may not, or the page does not exist."""

    hit: queries.Hit
    open_url: str
    book_url: str
    queue_url: str


@page(Permission.DESK_USE)
def search(request: HttpRequest) -> HttpResponse:
    """Answer what was typed: patients first, then pages and actions; "register" first when nobody was found, unless a page
    is called so."""
    clinic = request.clinic  # type: ignore[attr-defined]
    text = request.GET.get("q", "")[:80]
    code = _code(request, text)
    rows: list[Row] = []
    if code is None and may(request.user, Permission.PATIENT_SEE, clinic.pk):  # type: ignore[arg-type]
        rows = [_row(request, hit) for hit in queries.find(clinic, text, at=clock.now())]
    links = [code] if code else matching_links(request, text) if text.strip() else []
    context = {
        "q": text,
        "rows": rows,
        "links": links,
        "register": None if code else _register(request, text),
        "is_page": not rows and any(is_called(link, text) for link in links),
    }
    return render(request, "patients/search.html", context, partial="results")


def is_called(link: dict[str, Any], text: str) -> bool:
    """Tell whether the words are those of a page: its whole name, or two characters of a Chinese one."""
    words, label = text.strip().casefold(), str(link["label"]).casefold()
    return words == label or (len(words) > 1 and not words.isascii() and words in label)


def _code(request: HttpRequest, text: str) -> dict[str, Any] | None:
    """Return the one line for a scanned code, None when no app knows it."""
    for reader in code_readers:
        if reader.permission is None or may(request.user, reader.permission, request.clinic.pk):  # type: ignore[arg-type,attr-defined]
            hit = reader.read(request.clinic, text, clock.now())  # type: ignore[attr-defined]
            if hit is not None:
                return {"label": hit.label, "icon": hit.icon, "url": hit.url, "shortcut": "", "is_post": hit.is_post}
    return None


def _row(request: HttpRequest, hit: queries.Hit) -> Row:
    key = hit.patient.pk
    return Row(
        hit=hit,
        open_url=address_of("patients:patient", key),
        book_url=_address(request, "scheduling:book-panel", Permission.APPOINTMENT_BOOK, key),
        queue_url=_address(request, "reception:walk-in", Permission.RECEPTION_WORK, key),
    )


def _address(request: HttpRequest, url_name: str, permission: Permission, key: UUID) -> str:
    """Return the address of an upper app's page by its agreed name, empty when it is not there or not allowed."""
    if not may(request.user, permission, request.clinic.pk):  # type: ignore[arg-type,attr-defined]
        return ""
    try:
        return address_of(url_name, key)
    except NoReverseMatch:
        return ""


def _register(request: HttpRequest, text: str) -> dict[str, str] | None:
    """Return the option that opens the register form with what was typed; None when it can be no new patient."""
    if not may(request.user, Permission.PATIENT_EDIT, request.clinic.pk):  # type: ignore[arg-type,attr-defined]
        return None
    parts = rules.typed(text)
    if not rules.is_readable(parts.name) and not parts.phone:
        return None
    shown = " ".join(part for part in (parts.name, parts.phone_as_typed) if part)
    return {"text": shown, "url": f"{reverse('patients:new')}?{urlencode({'text': parts.text})}"}


def matching_links(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    """Return pages and actions whose label, words or pinyin begin with or hold what was typed."""
    wanted, language = "".join(text.casefold().split()), get_language()
    found = []
    for link in [*commands, *navigation]:
        if _fits(link, wanted, language) and _is_open(request, link):
            try:
                found.append(
                    {
                        "label": link.label,
                        "icon": link.icon,
                        "url": reverse(link.url_name),
                        "shortcut": link.shortcut,
                        "is_post": link.opens in ("post", "act"),
                    }
                )
            except NoReverseMatch:
                continue
    return found[:LINKS_AT_MOST]


def _is_open(request: HttpRequest, link: Link) -> bool:
    wanted = [one for one in (link.permission, link.or_permission) if one is not None]
    return not wanted or any(may(request.user, one, request.clinic.pk) for one in wanted)  # type: ignore[arg-type,attr-defined]


def _fits(link: Link, wanted: str, language: str | None) -> bool:
    words, reading = _found_by(link, language)
    if wanted in words:
        return True
    return wanted.isascii() and wanted.isalpha() and rules.sounds_like(typed=wanted, syllables=reading)


def _found_by(link: Link, language: str | None) -> tuple[str, list[str]]:
    """Return what a link is found by: its words without spaces, and how its label is read."""
    key = (id(link), language)
    known, words, reading = _known.get(key, (None, "", []))
    if known is not link:
        readings = rules.readings(str(link.label))
        words, reading = f"{link.label} {link.words}".casefold().replace(" ", ""), readings[0] if readings else []
        _known[key] = (link, words, reading)
    return words, reading


_known: dict[tuple[int, str | None], tuple[Link | None, str, list[str]]] = {}  # the few links, in each language
