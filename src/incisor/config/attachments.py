"""What the installation does about sealed files: look whether they are whole, and remove those that nobody needs."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incisor.kernel import jobs, store
from incisor.kernel.checks import BAD, OK, Finding

ORPHAN_AFTER = timedelta(days=3)
LOOKED_AT = 50  # newest files that the page of the system looks for; the command line opens every one


def whole_files(_at: datetime, is_thorough: bool) -> Finding:
    """Look whether the files that rows name are there and open."""
    wanted = sorted(store.wanted_keys())
    looked_at = wanted if is_thorough else wanted[-LOOKED_AT:]
    is_good = store.is_whole if is_thorough else store.is_there
    lost = [key for key in looked_at if not is_good(key)]
    if lost:
        count = len(lost)
        sentence = ngettext(
            "%(n)d kept file is missing or does not open, for example %(key)s.",
            "%(n)d kept files are missing or do not open, for example %(key)s.",
            count,
        )
        return Finding(
            BAD,
            sentence % {"n": count, "key": lost[0]},
            _("Put the folder %(folder)s back from a backup.") % {"folder": settings.INCISOR_ATTACHMENTS},
        )
    count = len(wanted)
    sentence = ngettext("%(n)d kept file, all there.", "%(n)d kept files, all there.", count)
    return Finding(OK, sentence % {"n": count})


def bring_along(home: Path) -> int:
    """Copy the files that this organisation's rows name from another one's folder below that home; returns how many."""
    found = 0
    for key in sorted(store.wanted_keys()):
        if not store.is_there(key):
            for file in (home / settings.INCISOR_ATTACHMENTS.name).glob(f"*/{key[:2]}/{key[2:4]}/{key}"):
                store.put_back(key, file.read_bytes())
                found += 1
    return found


@jobs.job("attachments.orphans", every=timedelta(days=1), at_hour=4)
def remove_orphans(at: datetime) -> str:
    """Remove files that no row names, once they are some days old: nobody is still about to save them."""
    return f"{store.remove_orphans(before=at - ORPHAN_AFTER)} removed"
