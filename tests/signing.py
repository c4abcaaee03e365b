"""Being signed in without the sign-in page: for tests of what lies behind it."""

from datetime import UTC, datetime

from django.contrib.auth.hashers import Argon2PasswordHasher

from incisor.accounts.gatekeeping import HASH_KEY, SESSION_KEY
from incisor.accounts.models import SignIn
from incisor.kernel.clock import now

# later than any clock that a test sets: such a session never idles
ALWAYS = datetime(2200, 1, 1, tzinfo=UTC)


def force_login(client, user, backend=None):
    """Sign in as the sign-in page does when all its questions were answered."""
    here = SignIn.objects.create(user=user, origin="127.0.0.1", agent="test", began_at=now(), seen_at=ALWAYS)
    session = client.session
    session.flush()
    session[SESSION_KEY] = str(here.pk)
    session[HASH_KEY] = user.get_session_auth_hash()
    session.save()
    client.cookies["sessionid"] = session.session_key
    return here


class QuickArgon2(Argon2PasswordHasher):
    """The product's hasher with the least work, so that a thousand tests can make their users."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
