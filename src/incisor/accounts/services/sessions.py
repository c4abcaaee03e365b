"""Signing in and out, locking and unlocking, passwords, language."""

from datetime import datetime
from typing import Any

from incisor.accounts.access import own_action
from incisor.accounts.models import FailedSignIn, SignIn, User
from incisor.accounts.rules import device_of
from incisor.accounts.services.attempts import name_index
from incisor.audit.services import record
from incisor.kernel.errors import NotFound


@own_action
def sign_in(*, by: User, origin: str, agent: str, is_code_due: bool, at: datetime) -> SignIn:
    """Begin a session. With a code due nothing is forgiven yet: only whoever is wholly in ends older failures."""
    here = SignIn.objects.create(
        user=by, origin=origin[:80], agent=agent[:200], began_at=at, seen_at=at, is_code_due=is_code_due
    )
    if not is_code_due:
        _is_in(by, here, at)
    return here


def _is_in(by: User, here: SignIn, at: datetime) -> None:
    FailedSignIn.objects.filter(name_index=name_index(username=by.username)).delete()
    User.objects.filter(pk=by.pk).update(last_login=at)
    record("account.signed_in", subject=by, after={"device": ", ".join(filter(None, device_of(here.agent)))})


@own_action
def complete_sign_in(*, by: User, here: SignIn, at: datetime) -> None:
    """End the wait for the second factor, which has just been shown."""
    SignIn.objects.filter(pk=here.pk, user=by).update(is_code_due=False, seen_at=at)
    here.is_code_due = False
    _is_in(by, here, at)


@own_action
def sign_out(*, by: User, here: SignIn, at: datetime) -> None:
    """End this session."""
    if SignIn.objects.filter(pk=here.pk, user=by, ended_at=None).update(ended_at=at):
        record("account.signed_out", subject=by)


@own_action
def end_session(*, by: User, sign_in_id: Any, at: datetime) -> None:
    """End one of one's own sessions, wherever it is. Raises NotFound."""
    if not SignIn.objects.filter(pk=sign_in_id, user=by, ended_at=None).update(ended_at=at):
        raise NotFound()
    record("account.session_ended", subject=by, after={"session": str(sign_in_id)})


@own_action
def end_other_sessions(*, by: User, here: SignIn, at: datetime) -> int:
    """End all of one's own sessions but this one; return how many."""
    count = SignIn.objects.filter(user=by, ended_at=None).exclude(pk=here.pk).update(ended_at=at)
    if count:
        record("account.sessions_ended", subject=by, after={"count": count})
    return count


@own_action
def lock(*, by: User, here: SignIn, at: datetime) -> None:
    """Lock the screen: only the password opens it again."""
    SignIn.objects.filter(pk=here.pk, user=by, locked_at=None).update(locked_at=at)
    here.locked_at = here.locked_at or at


@own_action
def unlock(*, by: User, here: SignIn, at: datetime) -> None:
    """Open the locked screen; the view has checked the password."""
    SignIn.objects.filter(pk=here.pk, user=by).update(locked_at=None, seen_at=at)
    FailedSignIn.objects.filter(name_index=name_index(username=by.username)).delete()
    record("account.unlocked", subject=by)


@own_action
def note_seen(*, by: User, here: SignIn, at: datetime) -> None:
    """Remember when the person last did something here."""
    SignIn.objects.filter(pk=here.pk, user=by, seen_at__lt=at).update(seen_at=at)


@own_action
def change_password(*, by: User, here: SignIn, password: str, at: datetime) -> None:
    """Set a new password and end every other session; the view has checked the old one."""
    by.set_password(password)
    by.must_change_password = False
    User.objects.filter(pk=by.pk).update(password=by.password, must_change_password=False)
    SignIn.objects.filter(user=by, ended_at=None).exclude(pk=here.pk).update(ended_at=at)
    record("account.password_changed", subject=by)


@own_action
def choose_language(*, by: User, language: str, at: datetime) -> None:
    """Keep the language in which the product speaks to this person."""
    record("account.language_chosen", subject=by, before={"language": by.language}, after={"language": language})
    User.objects.filter(pk=by.pk).update(language=language)
    by.language = language
