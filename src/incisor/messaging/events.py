"""Facts about messages."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from incisor.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageFailed(Event):
    """A message could not be sent and will not be tried again by itself."""

    clinic_id: uuid.UUID
    message_id: uuid.UUID
    at: datetime
