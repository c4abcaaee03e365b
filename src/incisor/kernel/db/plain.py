"""When a statement may go straight to the driver."""

from typing import Any


def is_plain(connection: Any) -> bool:
    """Tell whether a statement needs nothing of Django's cursor: the connection is known to work, its transaction is
    whole, and nobody listens to statements or counts them."""
    return not (
        connection.execute_wrappers
        or connection.queries_logged
        or connection.needs_rollback
        or (connection.health_check_enabled and not connection.health_check_done)
    )
