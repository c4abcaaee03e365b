"""The WSGI application that the server runs."""

import gc
import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incisor.config.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 -- loads every view, which else the first person at the desk would wait for

# What is loaded now stays as long as the process: to look through it for rubbish would hold somebody up for 0.1 s.
gc.collect()
gc.freeze()


def _end_with_parent() -> None:
    """End this web process when the one that started it is gone, however it died: an orphan would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
