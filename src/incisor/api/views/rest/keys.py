"""Who asks: the key in the Authorization header, its rights, its pace."""

import threading
import time
import uuid

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from incisor.accounts.access import look_as, narrow, require
from incisor.api import queries, services
from incisor.api.enums import PERMISSIONS, Scope
from incisor.api.models import Token
from incisor.api.rules import MINUTE, Bucket, paced
from incisor.api.views.rest.problems import Unreadable
from incisor.kernel.clock import now
from incisor.kernel.errors import NotAllowed

MOST_BUCKETS = 1000
_buckets: dict[uuid.UUID, Bucket] = {}
_lock = threading.Lock()


class WrongScope(NotAllowed):
    """The key was not made for this."""

    code = "wrong_scope"


class Key(HttpBearer):
    """A key made on the page “Keys for other programs”: `Authorization: Bearer inc_…`."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Token:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, secret.strip() if kind.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, secret: str) -> Token:
        """Return the key's row and let the request act under its account. Raises Unreadable (401, 429), WrongScope."""
        at = now()
        token = queries.token_with(secret, at=at) if secret else None
        if token is None:
            raise Unreadable(
                401,
                "no_valid_key",
                _("Send a key that is valid: Authorization: Bearer inc_… An administrator makes and renews keys."),
                headers={"WWW-Authenticate": 'Bearer realm="incisor"'},
            )
        _keep_pace(request, token)
        services.note_use(token=token, origin=request.origin, at=at)
        narrow(token.user, frozenset(PERMISSIONS[scope] for scope in token.scopes if scope in PERMISSIONS))
        request.token, request.user = token, token.user
        look_as(token.user, token.clinic_id)
        if self.scope not in token.scopes:
            raise WrongScope(
                _("This key was not made for that. It needs the right “%(scope)s”.") % {"scope": self.scope.value}
            )
        require(token.user, PERMISSIONS[self.scope], token.clinic_id)
        return token


def _keep_pace(request: HttpRequest, token: Token) -> None:
    """Count the request; each server process counts for itself. Raises Unreadable (429)."""
    with _lock:
        if len(_buckets) > MOST_BUCKETS:
            _buckets.clear()
        pace = paced(_buckets.get(token.pk), limit=token.limit, now=time.monotonic())
        _buckets[token.pk] = pace.bucket
    request.pace = {
        "RateLimit-Limit": str(token.limit),
        "RateLimit-Remaining": str(pace.left),
        "RateLimit-Reset": str(pace.wait or int(MINUTE / token.limit) + 1),
    }
    if not pace.is_allowed:
        raise Unreadable(
            429,
            "too_many_requests",
            _("This key may send %(limit)d requests a minute. Wait a little.") % {"limit": token.limit},
            headers={"Retry-After": str(pace.wait)},
        )


def forget_pace() -> None:
    """Begin counting anew."""
    _buckets.clear()


READ_CLINIC = Key(Scope.CLINIC_READ)
READ_PATIENTS = Key(Scope.PATIENTS_READ)
WRITE_PATIENTS = Key(Scope.PATIENTS_WRITE)
READ_APPOINTMENTS = Key(Scope.APPOINTMENTS_READ)
WRITE_APPOINTMENTS = Key(Scope.APPOINTMENTS_WRITE)
