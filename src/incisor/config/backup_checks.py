"""What `incisor doctor` and the page of the system say about backups: how old the newest is, and whether one was tried."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from incisor.config import backup
from incisor.config.setup import IDENTITY_FILE, RECIPIENT_FILE
from incisor.kernel.checks import BAD, OK, WARN, Finding
from incisor.kernel.models import Installation

OLD, VERY_OLD, PROOF_OLD = timedelta(days=2), timedelta(days=7), timedelta(days=10)
FIRST_NIGHT = timedelta(days=1)


def newest_backup(at: datetime, _is_thorough: bool) -> Finding:
    """Look how old the newest backup is."""
    files = backup.backups()
    if not files:
        row = Installation.objects.first()
        if row is not None and at - row.created_at < FIRST_NIGHT:
            return Finding(OK, _("The first backup is made tonight, if the computer is on, else in the morning."))
        return Finding(BAD, _("There is no backup."), _("Run “incisor backup” and let the worker run (incisor serve)."))
    age = at - backup.made_at(files[0])
    sentence = _("%(count)d backups, the newest from %(when)s, in %(folder)s.") % {
        "count": len(files),
        "when": f"{backup.made_at(files[0]):%Y-%m-%d %H:%M} UTC",
        "folder": settings.INCISOR_BACKUPS,
    }
    if age > OLD:
        status = BAD if age > VERY_OLD else WARN
        return Finding(
            status, sentence, _("The nightly backup did not run. Is the worker running, is there room on the disk?")
        )
    return Finding(OK, sentence)


def proof(at: datetime, _is_thorough: bool) -> Finding:
    """Look when a backup was last restored into a scratch place and compared."""
    last = backup.last_proof()
    if last is None:
        if backup.backups():
            return Finding(
                WARN, _("No backup has been tried yet."), _("Run “incisor prove-backup”, or wait for Sunday.")
            )
        return Finding(OK, _("The newest backup is tried each Sunday."))
    when = datetime.fromisoformat(str(last["at"]))
    sentence = _("%(file)s was restored and compared on %(when)s: %(rows)d rows, all equal.") % {
        "file": last["file"],
        "when": f"{when:%Y-%m-%d}",
        "rows": last["rows"],
    }
    if at - when > PROOF_OLD:
        return Finding(WARN, sentence, _("Run “incisor prove-backup”."))
    return Finding(OK, sentence)


def recovery_key(_at: datetime, _is_thorough: bool) -> Finding:
    """Look whether backups can be encrypted, and remind of the copy elsewhere."""
    home = Path(settings.INCISOR_HOME)
    if not (home / RECIPIENT_FILE).exists():
        return Finding(
            BAD, _("Backups cannot be encrypted: the recipient file is missing."), _("Put it back from a backup.")
        )
    if (home / IDENTITY_FILE).exists():
        return Finding(
            OK,
            _("The recovery key lies in the data folder. Keep a copy of %(file)s outside this computer.")
            % {"file": IDENTITY_FILE},
        )
    return Finding(OK, _("The recovery key is not on this computer. The weekly proof then has to be made by hand."))
