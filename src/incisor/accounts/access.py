"""The guard: who may do what, where. On every service `@action`, on every view `@page`, `@signed_in` or `@public`."""

import functools
import inspect
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from incisor.accounts.enums import Permission, Step
from incisor.accounts.models import Grant, User
from incisor.audit.services import recording
from incisor.kernel import live, requests
from incisor.kernel.db.prepared import prepared
from incisor.kernel.errors import NotAllowed

F = TypeVar("F", bound=Callable[..., Any])
View = Callable[..., HttpResponse]
OWN = "own"


@prepared
def _granted(user_id: uuid.UUID) -> QuerySet[Any, Any]:
    return Grant.objects.filter(user=user_id).values_list("clinic_id", "role__permissions")


def permissions_of(user: User, clinic_id: uuid.UUID | None) -> frozenset[str]:
    """Return what the user may do in that clinic (None: in the organisation as a whole). Read once per user object."""
    if not user.is_active:
        return frozenset()
    if user.is_system:
        return frozenset(Permission)
    held = grants_of(user)
    everywhere = held.get(None, frozenset())
    return everywhere if clinic_id is None else everywhere | held.get(clinic_id, frozenset())


def grants_of(user: User) -> dict[uuid.UUID | None, frozenset[str]]:
    """Return what the user's roles allow by clinic, None for the whole organisation. Read once per user object."""
    cached: dict[uuid.UUID | None, frozenset[str]] | None = getattr(user, "_permissions", None)
    return remember_grants(user, _granted(user.pk)) if cached is None else cached


def remember_grants(
    user: User, rows: Iterable[tuple[uuid.UUID | None, list[str]]]
) -> dict[uuid.UUID | None, frozenset[str]]:
    """Keep at the user object what was read of its roles (clinic or None, permissions), and return it."""
    held: dict[uuid.UUID | None, frozenset[str]] = {}
    for where, granted in rows:
        held[where] = held.get(where, frozenset()) | frozenset(granted)
    user._permissions = held  # type: ignore[attr-defined]
    return held


def narrow(user: User, permissions: frozenset[str]) -> None:
    """Let this user object do no more than that, whatever its roles allow: it stands for a key with fewer rights."""
    user._permissions = {where: held & permissions for where, held in grants_of(user).items()}  # type: ignore[attr-defined]


def may(user: User, permission: str, clinic_id: uuid.UUID | None) -> bool:
    """Tell whether the user has the permission in that clinic."""
    return permission in permissions_of(user, clinic_id)


def require(user: User, permission: str, clinic_id: uuid.UUID | None) -> None:
    """Raise NotAllowed unless the user has the permission in that clinic."""
    if not may(user, permission, clinic_id):
        label = Permission(permission).label
        raise NotAllowed(
            _("Your role does not allow this here: %(permission)s. Ask an administrator if you need it.")
            % {"permission": label}
        )


_viewer: ContextVar[tuple[User, uuid.UUID | None] | None] = ContextVar("viewer", default=None)


def viewer_may(permission: str) -> bool:
    """Tell whether whoever looks at the page being made has the permission; True where nobody looks (jobs, commands).

    For what is hidden from most people wherever it appears, so that no single view can forget it."""
    viewer = _viewer.get()
    return viewer is None or may(viewer[0], permission, viewer[1])


@contextmanager
def looking() -> Iterator[None]:
    """Let `look_as` hold until the end: for a door that learns on the way who stands there."""
    token = _viewer.set(None)
    try:
        yield
    finally:
        _viewer.reset(token)


def look_as(user: User, clinic_id: uuid.UUID | None) -> None:
    """Say who looks at what is being made. Within `looking` only."""
    _viewer.set((user, clinic_id))


def action(
    permission: Permission, *, organisation: bool = False, or_else: tuple[Permission, ...] = ()
) -> Callable[[F], F]:
    """Guard a service: permission of `by` in the clinic at hand, one transaction, audit lines written at its end.

    or_else: other permissions that do as well, for a step that desk and chair share. The service takes keyword
    arguments only, among them `by` (User) and `at` (datetime), and either `clinic` or an argument with `clinic_id`;
    with organisation=True the permission must be held for the whole organisation.
    """

    def guard(service: F) -> F:
        names = list(inspect.signature(service).parameters)

        @functools.wraps(service)
        def guarded(**given: Any) -> Any:
            by: User = given["by"]
            at: datetime = given["at"]
            clinic_id = None if organisation else _clinic_id(names, given)
            held = next((other for other in or_else if may(by, other, clinic_id)), permission)
            require(by, held, clinic_id)
            return _run(service, given, by=by, clinic_id=clinic_id, at=at)

        guarded.__action__ = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def own_action(service: F) -> F:
    """Guard a service by which a person changes only what is the person's own: password, sessions, second factor.

    The service takes keyword arguments only, among them `by` and `at`, and touches no row of anybody but `by`.
    """

    @functools.wraps(service)
    def guarded(**given: Any) -> Any:
        by: User = given["by"]
        if not by.is_active or by.is_system:
            raise NotAllowed(_("This account is closed."))
        return _run(service, given, by=by, clinic_id=None, at=given["at"])

    guarded.__action__ = OWN  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _run(service: F, given: dict[str, Any], *, by: User, clinic_id: uuid.UUID | None, at: datetime) -> Any:
    outermost = not transaction.get_connection().in_atomic_block
    try:
        with (
            transaction.atomic(),
            recording(user_id=by.pk, user_name=by.name, clinic_id=clinic_id, at=at) as mine,
        ):
            depth = getattr(mine, "depth", 0)
            mine.depth = depth + 1  # type: ignore[attr-defined]
            if depth == 0:
                requests.claim_sent(user_id=by.pk, at=at)
            result = service(**given)
            mine.depth = depth  # type: ignore[attr-defined]
            if depth == 0:
                live.flush()
    except BaseException:
        if outermost:
            live.forget()
            requests.unclaim_sent()
        raise
    return result


def _clinic_id(names: list[str], given: dict[str, Any]) -> uuid.UUID:
    clinic = given.get("clinic")
    if clinic is not None:
        return clinic.pk  # type: ignore[no-any-return]
    for name in names:
        where = getattr(given.get(name), "clinic_id", None)
        if where is not None and name != "by":
            return where  # type: ignore[no-any-return]
    raise TypeError("a guarded service needs `clinic`, or something with `clinic_id`")


def page(
    permission: Permission, *, organisation: bool = False, or_else: tuple[Permission, ...] = ()
) -> Callable[[View], View]:
    """Guard a view: signed in, and the permission in the current clinic (request.clinic). Refused: 403.

    or_else: other permissions that do as well, as for the service behind it.
    """

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refused = _next_step(request)
            if refused is not None:
                return refused
            clinic = getattr(request, "clinic", None)
            if clinic is None and not organisation:
                raise NotAllowed(_("Your account belongs to no clinic yet. Ask an administrator to give you a role."))
            where = None if organisation else clinic.pk  # type: ignore[union-attr]
            held = next((other for other in or_else if may(request.user, other, where)), permission)  # type: ignore[arg-type]
            require(request.user, held, where)  # type: ignore[arg-type]
            token = _viewer.set((request.user, where))  # type: ignore[arg-type]
            try:
                return view(request, *args, **kwargs)
            finally:
                _viewer.reset(token)

        guarded.__guard__ = permission  # type: ignore[attr-defined]
        guarded.__organisation__ = organisation  # type: ignore[attr-defined]
        guarded.__or_else__ = or_else  # type: ignore[attr-defined]
        return guarded

    return guard


def signed_in(view: View) -> View:
    """Guard a view that everybody who is signed in may use."""
    return on_the_way(Step.DONE)(view)


def on_the_way(step: Step) -> Callable[[View], View]:
    """Guard a view at which that step is done: it opens for whoever has done all steps before it."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refused = _next_step(request, before=step)
            return view(request, *args, **kwargs) if refused is None else refused

        guarded.__guard__ = "signed_in"  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: View) -> View:
    """Mark a view that needs no account."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded.__guard__ = "public"  # type: ignore[attr-defined]
    return guarded


class NoGatekeeper(RuntimeError):
    """A page was asked for before accounts said who stands at the gate."""


_gatekeepers: list[Callable[..., HttpResponse | None]] = []


def stand_at_the_gate(gatekeeper: Callable[..., HttpResponse | None]) -> None:
    """Let accounts.gatekeeping answer what must be done before a page opens; it uses services, which are guarded here."""
    _gatekeepers[:] = [gatekeeper]


def _next_step(request: HttpRequest, *, before: Step = Step.DONE) -> HttpResponse | None:
    """Return the way to what must be done first: sign in, unlock, code, new password, second factor."""
    if not _gatekeepers:
        raise NoGatekeeper
    return _gatekeepers[0](request, before=before)
