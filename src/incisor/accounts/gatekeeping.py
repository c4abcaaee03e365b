"""What stands between a request and a guarded page: sign in, unlock, code, new password, second factor."""

from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from incisor.accounts import queries, services
from incisor.accounts.access import permissions_of, require
from incisor.accounts.enums import NEEDS_SECOND_FACTOR, Permission, Step
from incisor.accounts.models import SignIn, User, Visitor
from incisor.accounts.rules import is_idle
from incisor.kernel.clock import now
from incisor.kernel.htmx import redirect, wants_fragment

SESSION_KEY = "sign_in"
HASH_KEY = "password"
SEEN_EVERY = timedelta(minutes=1)
IDLE_MINUTES = 10
POLLED = "/live/"  # asked by an open page, not by a hand
PAGE_OF = {
    Step.SIGN_IN: "accounts:sign-in",
    Step.UNLOCK: "accounts:unlock",
    Step.CODE: "accounts:sign-in-code",
    Step.PASSWORD: "accounts:password",
    Step.SECOND_FACTOR: "accounts:second-factor",
}


def next_step(request: HttpRequest, *, before: Step = Step.DONE) -> HttpResponse | None:
    """Return a redirect to what must be done first, None when the request may pass. before: only earlier steps count."""
    step = missing_step(request, at=now())
    if step is None or step >= before:
        return None
    return redirect(request, f"{reverse(PAGE_OF[step])}?{urlencode({'next': way_back(request)})}")


def missing_step(request: HttpRequest, *, at: datetime) -> Step | None:
    """Return the first thing that is still to be done, None when nothing is. Whoever's session was ended is a visitor."""
    if not request.user.is_authenticated:
        return Step.SIGN_IN
    user: User = request.user  # type: ignore[assignment]
    here = present_sign_in(request)
    if here is None:
        return Step.SIGN_IN
    if here.locked_at is not None:
        return Step.UNLOCK
    if is_idle(seen_at=here.seen_at, at=at, idle_minutes=_idle_minutes(request)):
        services.lock(by=user, here=here, at=at)
        return Step.UNLOCK
    if at - here.seen_at >= SEEN_EVERY and not request.path.startswith(POLLED):
        services.note_seen(by=user, here=here, at=at)
    if here.is_code_due:
        return Step.CODE
    if user.must_change_password:
        return Step.PASSWORD
    return Step.SECOND_FACTOR if _lacks_second_factor(request, user) else None


def present_sign_in(request: HttpRequest) -> SignIn | None:
    """Return the session's row in the list of sessions with its user, None when it was ended. Read once per request."""
    if not hasattr(request, "sign_in"):
        wanted = request.session.get(SESSION_KEY)
        here = queries.open_sign_in(wanted) if wanted else None
        known = "" if here is None else here.user.get_session_auth_hash()
        given = request.session.get(HASH_KEY, "")
        # the hash: a password that was changed by whatever way ends every session begun with the old one
        request.sign_in = here if constant_time_compare(known, given) else None  # type: ignore[attr-defined]
    return request.sign_in  # type: ignore[attr-defined]


def present_user(request: HttpRequest) -> User | Visitor:
    """Return who asks."""
    here = present_sign_in(request)
    return Visitor() if here is None else here.user


def enter(request: HttpRequest, here: SignIn) -> None:
    """Tie the browser's session to the sign-in, under a fresh key: one that was planted before is worth nothing."""
    if SESSION_KEY in request.session:
        request.session.flush()  # what another person left there
    else:
        request.session.cycle_key()
    rotate_token(request)
    request.session[SESSION_KEY] = str(here.pk)
    request.session[HASH_KEY] = here.user.get_session_auth_hash()
    request.sign_in, request.user = here, here.user  # type: ignore[attr-defined]


def renew(request: HttpRequest, user: User) -> None:
    """Give the session a fresh key, after its person has proved more or changed the password."""
    request.session.cycle_key()
    request.session[HASH_KEY] = user.get_session_auth_hash()


def leave(request: HttpRequest) -> None:
    """Empty the browser's session."""
    request.session.flush()
    request.sign_in, request.user = None, Visitor()  # type: ignore[attr-defined,assignment]


def _idle_minutes(request: HttpRequest) -> int:
    clinic = getattr(request, "clinic", None)
    return IDLE_MINUTES if clinic is None else int(clinic.idle_lock_minutes)


def _lacks_second_factor(request: HttpRequest, user: User) -> bool:
    places = [None, *(clinic.pk for clinic in getattr(request, "clinics", []))]
    if not any(NEEDS_SECOND_FACTOR & permissions_of(user, place) for place in places):
        return False
    return not queries.has_second_factor(user) and not queries.is_second_factor_waived(user)


def way_back(request: HttpRequest) -> str:
    """Return the page to come back to: the one asked for, or the one whose part was asked for."""
    if wants_fragment(request):
        parts = urlsplit(request.headers.get("HX-Current-URL", ""))
        return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return request.get_full_path() if request.method == "GET" else "/"


def local_path(wanted: str) -> str:
    """Return the wanted address when it is a path on this server, else the start page."""
    is_local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_local else "/"


class ListKeeper:
    """Lets lists leave the house with whoever may take them, and has it recorded with the filter and the count."""

    def allow(self, request: HttpRequest) -> None:
        """Raise NotAllowed without the permission."""
        require(request.user, Permission.PATIENT_EXPORT, request.clinic.pk)  # type: ignore[arg-type,attr-defined]

    def note(self, request: HttpRequest, name: str, count: int) -> None:
        wanted = {key: value[:80] for key, value in request.GET.items() if value and key != "page"}
        services.note_list_export(
            by=request.user,  # type: ignore[arg-type]
            clinic=request.clinic,  # type: ignore[attr-defined]
            name=name,
            wanted=wanted,
            count=count,
            at=now(),
        )
