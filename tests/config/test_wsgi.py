"""What a web process does before it answers."""

import os
import subprocess
import sys

CODE = """
import gc, sys
from incisor.config import wsgi
assert "incisor.scheduling.views.booking" in sys.modules, "views are loaded before the first question"
before = gc.get_freeze_count()
assert before > len(gc.get_objects()), (before, len(gc.get_objects()))
print("ready", callable(wsgi.application))
"""


def test_a_web_process_has_loaded_everything_and_looks_through_it_no_more(tmp_path):
    environment = {**os.environ, "INCISOR_HOME": str(tmp_path), "INCISOR_CHECK": "1"}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "ready True", done.stderr[-2000:]
