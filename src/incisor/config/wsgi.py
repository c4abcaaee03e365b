"""The WSGI application that the server runs."""

import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incisor.config.settings")
application = get_wsgi_application()


def _end_with_parent() -> None:
    """End this web process when the one that started it is gone, however it died: an orphan would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
