"""Schemathesis tries every address against the description: fitting and unfitting requests, always the same ones.

Its pytest plugin stays off (pyproject.toml), so that no other test waits for it to load.
"""

import functools
import logging
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from incisor.api.views.rest import keys
from incisor.api.views.rest.document import document
from incisor.config.wsgi import application
from incisor.scheduling.rules import need_of
from incisor.scheduling.services import hold_slot
from tests.factories.api import make_token
from tests.factories.scheduling import make_appointment

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    allow_header_conformance,
]
OPERATIONS = sorted((method.upper(), path) for path, operations in document()["paths"].items() for method in operations)


@functools.cache
def described():
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=SchemathesisConfig())


@pytest.fixture
def token(clinic):
    return make_token(clinic=clinic, limit=30000)


@pytest.fixture
def rows(token, clinic, pia, dana, chair, cleaning, at):
    """What is there, by the name under which it is asked for."""
    booked = make_appointment(
        clinic=clinic,
        patient=pia,
        dentist=dana,
        chair=chair,
        starts_at=at + timedelta(days=1),
        procedure=cleaning,
        status="requested",
    )
    held = hold_slot(
        by=token.user, clinic=clinic, dentist=dana, starts_at=at + timedelta(days=1, hours=3),
        need=need_of([cleaning]), lasts=timedelta(days=999), at=at,
    )  # fmt: skip
    return {
        "hold_id": str(held.pk), "appointment_id": str(booked.pk), "patient_id": str(pia.pk), "dentist_id": str(dana.pk),
        "chair_id": str(chair.pk), "procedures": [cleaning.code],
        "starts_at": (at + timedelta(days=2)).replace(second=0).isoformat(), "minutes": 30, "phone": "13912345678",
        "name": "王小明",
    }  # fmt: skip


@pytest.fixture
def schema():
    """The description as the program serves it, and the server's signals as tests need them."""
    # the test holds one connection with a transaction; the server would close it after each request
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield described()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_described(method, path, mode, schema, token, rows, caplog):
    caplog.set_level(logging.CRITICAL)
    operation = schema[path][method]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True, deadline=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        keys.forget_pace()
        if mode is GenerationMode.POSITIVE:
            lead_to_rows(case, rows)
        answers.append(
            case.call_and_validate(headers={"Authorization": f"Bearer {token.secret}"}, checks=CHECKS).status_code
        )

    answers = []
    ask()
    if mode is GenerationMode.POSITIVE:
        assert {200, 201, 204} & set(answers), sorted(set(answers))


def lead_to_rows(case, rows):
    """Put ids, codes and versions of what is there where any others fit too, so that more than refusals is tried."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = rows[name]
    for sent in (case.query, case.body):
        for name in sent if isinstance(sent, dict) else ():
            if name in rows:
                sent[name] = rows[name]
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = '"1"'
