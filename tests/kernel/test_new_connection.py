"""What a connection does first."""

import pytest
from django.db import connection, transaction

from incisor.kernel.models import LiveVersion


@pytest.mark.django_db(transaction=True)
def test_a_transaction_may_be_the_first_thing_on_a_new_connection() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory ends with its connection")
    connection.close()
    with transaction.atomic():
        assert LiveVersion.objects.count() == 0
