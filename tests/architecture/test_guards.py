"""Nothing is done and no page is shown that nobody guards."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from incisor.accounts import access
from incisor.accounts.enums import Permission
from tests.architecture.code import PACKAGE, assert_none, modules

# Services that run before or below the guard, each with its reason.
UNGUARDED: dict[str, str] = {
    "accounts.services.attempts.name_index": "only computes",
    "accounts.services.attempts.begin_attempt": "runs before anybody is signed in",
    "accounts.services.attempts.withdraw_attempt": "runs before anybody is signed in",
    "accounts.services.attempts.note_failure": "runs when nobody could be signed in",
    "api.services.note_use": "runs for each request of a key, before it acts",
    "audit.services.origin": "says where an action comes from",
    "audit.services.record": "notes a fact inside a guarded action",
    "audit.services.recording": "is what the guard opens",
    "audit.services.write": "is what the guard closes with",
    "messaging.services.outbox.enqueue": "runs inside the action that has something to tell",
    "messaging.services.outbox.withdraw": "runs inside the action that makes a message untrue",
    "messaging.services.outbox.write_message": "runs inside the action that has something to tell",
    "messaging.services.outbox.send_due": "is the worker's, and must not hold a transaction while it talks to a network",
    "messaging.services.links.make_link": "runs inside the action that sends the link",
    "forms.services.copies.make_copy": "sets the page before the transaction, then calls the guarded keep_copy",
    "messaging.services.links.follow_link": "opens a patient's link: the token is the guard",
    "messaging.services.links.try_digits": "runs before the patient has shown the digits",
    "messaging.services.links.use_link": "runs inside the action that the link is for",
    "messaging.services.links.withdraw_links": "runs inside the action that makes a link untrue",
    "enquiries.services.calls.report_call": "the telephone system has no person; the key in its address is the guard",
    "enquiries.services.leads.advance_lead": "runs inside the action below that carries the enquiry on",
    "enquiries.services.leads.tie_new_file": "runs inside the action that registers the patient",
    "enquiries.services.leads.untie_leads": "runs inside the action that takes a registration back",
    "reception.services.alone.note_kiosk_try": "a kiosk has no person; it only keeps that what was typed fits nobody",
    "clinics.services.devices.note_device_seen": "a device has no person; it only keeps when it was last there",
    "scheduling.services.gate.explain": "only finds words and alternatives for a refusal",
    "outreach.services.call_tasks.drop_call_tasks": "runs inside the action that settles what the calls were for",
    "outreach.services.call_tasks.make_call_task": "runs inside the action that asks for the call",
    "outreach.services.call_tasks.make_complaint_task": "runs inside the action that took the patient's answer",
    "outreach.services.call_tasks.make_missed_call": "runs inside the action that notes who did not come",
    "outreach.services.reminders.announce": "runs inside the action that has something to tell",
    "outreach.services.reminders.announce_move": "runs inside the action that moved the appointment",
    "outreach.services.reminders.retract": "runs inside the action that makes a message untrue",
    "outreach.services.follow_up.plan_follow_up": "runs inside the action that ended, signed or closed the visit",
}


def public_functions() -> list[tuple[str, Callable[..., Any]]]:
    """Return the functions that services rooms let out, under the name of the module that defines them: those of the
    room itself, and those that a module outside imports from its parts. What the parts share among themselves stays
    inside and needs no guard, nor does a private part, which only its own app can reach."""
    own = modules(PACKAGE)
    found = {}
    for app in {module.app for module in own if module.room == "services"}:
        found |= dict(functions_of(importlib.import_module(f"incisor.{app}.services")))
    parts = {
        "incisor." + module.name.removesuffix(".py").replace("/", ".") for module in own if "/services/" in module.name
    }
    for module in own:
        for _, imported in module.imports():
            where, _, name = imported.rpartition(".")
            if (module.app, module.room) == (*imported.split("."), "", "", "")[1:3]:
                continue
            if where in parts and not where.rpartition(".")[2].startswith("_"):
                found |= {
                    full: one for full, one in functions_of(importlib.import_module(where)) if one.__name__ == name
                }
            elif imported in parts and not name.startswith("_"):
                found |= dict(functions_of(importlib.import_module(imported)))
    return sorted(found.items())


def functions_of(room: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, function in vars(room).items():
        is_own = inspect.isfunction(function) and f"{function.__module__}.".startswith(f"{room.__name__}.")
        if is_own and not name.startswith("_"):
            yield f"{function.__module__.removeprefix('incisor.')}.{name}", function


# Where a person changes only what is the person's own: account, sessions, and how the calendar is liked.
OWN_PLACES = ("accounts.", "scheduling.services.looking.")


def wrong_with(name: str, function: Callable[..., Any]) -> Iterator[str]:
    """Yield what makes a public function of a services room no service."""
    if name in UNGUARDED:
        return
    action = getattr(function, "__action__", None)
    if not isinstance(action, Permission) and not (action == access.OWN and name.startswith(OWN_PLACES)):
        yield f"{name} has no @action"
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        if parameter.kind not in {parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD}:
            yield f"{name}: {parameter.name} is not keyword-only"
    for needed in ("by", "at"):
        if needed not in parameters:
            yield f"{name} does not take {needed!r}"
        elif parameters[needed].default is not inspect.Parameter.empty:
            yield f"{name}: {needed!r} has a default"


def test_every_service_is_guarded() -> None:
    assert_none(line for pair in public_functions() for line in wrong_with(*pair))


def test_every_exception_exists_and_has_a_reason() -> None:
    names = {name for name, _ in public_functions()}

    assert_none(set(UNGUARDED) - names)
    assert all(len(reason) > 10 for reason in UNGUARDED.values())


def views(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield route and view of every URL."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from views(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback


def is_guarded(view: Callable[..., Any]) -> bool:
    guard = getattr(view, "__guard__", None)
    return isinstance(guard, Permission) or guard in {"signed_in", "public"}


def test_every_view_is_guarded() -> None:
    assert_none(route for route, view in views() if not is_guarded(view))


def test_every_url_has_a_name() -> None:
    def nameless(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
        for entry in resolver.url_patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from nameless(entry, route)
            elif not entry.name:
                yield route

    assert_none(nameless(get_resolver()))


def test_unguarded_view_is_reported() -> None:
    def view(request: object) -> None: ...

    assert not is_guarded(view)
    assert is_guarded(access.signed_in(view))  # type: ignore[arg-type]
    assert is_guarded(access.public(view))  # type: ignore[arg-type]
    assert is_guarded(access.page(next(iter(Permission)))(view))  # type: ignore[arg-type]


PERMISSION = next(iter(Permission))


def unguarded(*, by: object, at: object) -> None: ...


@access.action(PERMISSION)
def positional(by: object, *, at: object) -> None: ...


@access.action(PERMISSION)
def timeless(*, by: object) -> None: ...


@access.action(PERMISSION)
def with_default(*, by: object, at: object = None) -> None: ...


@access.action(PERMISSION)
def right(*, by: object, at: object) -> None: ...


@pytest.mark.parametrize(
    ("function", "found"),
    [
        (unguarded, ["x has no @action"]),
        (positional, ["x: by is not keyword-only"]),
        (timeless, ["x does not take 'at'"]),
        (with_default, ["x: 'at' has a default"]),
        (right, []),
    ],
)
def test_wrong_service_is_reported(function: Callable[..., Any], found: list[str]) -> None:
    assert list(wrong_with("x", function)) == found
