"""What all requests share: versions, idempotency keys, pages, treatments by code."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Query

from incisor.api.rules import cursor_of, etag_of, place_of, version_of
from incisor.api.views.rest.problems import Unreadable
from incisor.clinics.models import Procedure
from incisor.clinics.queries import procedures as procedures_of
from incisor.kernel import requests
from incisor.kernel.errors import NotFound

Cursor = Annotated[
    str, Query("", max_length=300, pattern=r"^[A-Za-z0-9_-]*$", description="From `next` of the page before.")
]
Limit = Annotated[int, Query(50, ge=1, le=200, description="Rows on a page.")]
IdempotencyKey = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern=r"^[A-Za-z0-9_.:-]+$",
        description="A new one for each new request, for instance a UUID. The same request sent again with the same key "
        "is not carried out twice.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        None,
        alias="If-Match",
        max_length=40,
        pattern=r"^[\x20-\x7e]*$",
        description="The ETag of what was read; needed for a change.",
    ),
]


def version_given(if_match: str | None) -> int:
    """Return the version that the program saw. Raises Unreadable (428)."""
    if not if_match:
        raise Unreadable(
            428,
            "version_missing",
            _("Send If-Match with the ETag that you read, so that nobody's change is overwritten unseen."),
        )
    version = version_of(if_match)
    if version is None:
        raise Unreadable(412, "changed_meanwhile", _("No version has this ETag. Read it again, then decide."))
    return version


def refuse_stale(version: int, present: int) -> None:
    """Raise Unreadable (412) when somebody changed it since it was read."""
    if version != present:
        raise Unreadable(
            412, "changed_meanwhile", _("Somebody changed it since you read it. Read it again, then decide.")
        )


def tag(response: HttpResponse, version: int) -> None:
    """Say which version the answer shows."""
    response.headers["ETag"] = etag_of(version)


def once(request: HttpRequest, response: HttpResponse, key: str, at: datetime, act: Callable[[], UUID]) -> UUID:
    """Carry a request out, or return what came of it when it was sent before with this key."""
    body = json.dumps(json.loads(request.body or b"null"), sort_keys=True, ensure_ascii=True)
    content = hashlib.sha256(f"{request.path}\n{body}".encode()).hexdigest()
    made, is_new = requests.once(
        user_id=request.user.pk, key=key, action=f"api {request.method}", content=content, at=at, act=act
    )
    if not is_new:
        response.headers["Idempotency-Replayed"] = "true"
    return made


def place_given(cursor: str) -> tuple[datetime, UUID] | None:
    """Return the place after which the page begins, None for the first page. Raises Unreadable (422)."""
    if not cursor:
        return None
    place = place_of(cursor)
    if place is None:
        raise Unreadable(422, "wrong_cursor", _("This cursor is none of ours. Begin again without one."))
    return place


def page_of(
    rows: Sequence[Any], limit: int, shown: Callable[[Any], Any], place: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return a page of rows, of which one more than the limit was read to see whether there is a next one."""
    return {
        "items": [shown(row) for row in rows[:limit]],
        "next": cursor_of(*place(rows[limit - 1])) if len(rows) > limit else None,
    }


def procedures_given(codes: Sequence[str]) -> list[Procedure]:
    """Return the treatments of those codes in their order. Raises Unreadable (422)."""
    known = {procedure.code: procedure for procedure in procedures_of()}
    unknown = [code for code in codes if code not in known]
    if unknown:
        text = _("There is no treatment with the code %(code)s. See /procedures.") % {"code": unknown[0]}
        raise Unreadable(422, "unknown_procedure", text)
    return [known[code] for code in dict.fromkeys(codes)]


def named_by(found: Callable[[], Any], field: str) -> Any:
    """Return the row that a field names. Raises Unreadable (404), which says the field."""
    try:
        return found()
    except NotFound as missing:
        text = _("%(field)s: there is no such thing in this clinic.") % {"field": field}
        raise Unreadable(404, "not_found", text) from missing
