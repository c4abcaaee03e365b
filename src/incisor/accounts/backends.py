"""Who is signed in: a user by name and password, afterwards by session.

Django's own middleware cannot do it: it loads the models of django.contrib.auth, whose tables we do not have.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from incisor.accounts.models import User
from incisor.kernel.fields import as_uuid

Next = Callable[[HttpRequest], HttpResponse]


class Nobody:
    """Who is there when nobody is signed in."""

    pk = id = None
    name = username = language = ""
    is_authenticated = is_active = is_system = False
    is_anonymous = True

    def __str__(self) -> str:
        return ""


def person_of(request: HttpRequest) -> User | Nobody:
    """Return the person of the request's session. A changed password or a closed account ends the session."""
    if request.session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return Nobody()
    user_id = as_uuid(request.session.get(SESSION_KEY))
    user = AccountBackend().get_user(user_id) if user_id else None
    if user is not None:
        known, given = user.get_session_auth_hash(), request.session.get(HASH_SESSION_KEY, "")
        if constant_time_compare(given, known):
            return user
    request.session.flush()
    return Nobody()


def person_middleware(get_response: Next) -> Next:
    """Set request.user, read when it is first asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: person_of(request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


class AccountBackend:
    """Authentication by user name and password; the system's own account never signs in."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **_: Any
    ) -> User | None:
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # takes as long as a real check: names cannot be told apart by time
            return None
        usable = user.is_active and not user.is_system
        return user if user.check_password(password) and usable else None

    def get_user(self, user_id: uuid.UUID) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True, is_system=False).first()
