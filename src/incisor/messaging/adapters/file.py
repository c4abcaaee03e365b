"""The file adapter: each message becomes a file in the outbox folder, as a gateway would have got it."""

import json
import os
from pathlib import Path

from django.conf import settings

from incisor.messaging.adapters import Letter, SendingFailed


def send(letter: Letter) -> None:
    """Write the message as JSON under its id; writing it again writes the same file. Raises SendingFailed."""
    folder = Path(settings.INCISOR_OUTBOX) / letter.channel
    target = folder / f"{letter.id}.json"
    draft = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(vars(letter), ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, target)
    except OSError as failure:
        raise SendingFailed(failure.strerror or str(failure)) from failure
