"""The description of the interface: OpenAPI 3.1."""

import functools
import json
from typing import Any

from incisor.api.enums import PERMISSIONS, Scope
from incisor.api.views.rest.answering import api
from incisor.api.views.rest.keys import Key
from incisor.api.views.rest.problems import MEDIA_TYPE
from incisor.api.views.rest.words import Problem

PREFIX = "api/v1/"
EXPLAINED = {
    "400": "The body is no JSON that can be read.",
    "401": "No key, or one that is not valid: unknown, ended or expired.",
    "403": "The key was not made for this, its account may not do it, or the file is restricted on the patient's request.",
    "404": "There is no such thing in the clinic of the key.",
    "409": "It cannot be done now: the time is taken (with alternatives), the status does not allow it, the person has a "
    "file already, a reason is asked for.",
    "412": "Somebody changed it meanwhile.",
    "422": "A field is missing or wrong, or the idempotency key was used for another request.",
    "428": "If-Match is missing.",
    "429": "More requests than the key may send; Retry-After says when to go on.",
    "503": "The database does not answer; nothing was half saved.",
}
ALWAYS = {"401", "403", "422", "429", "503"}


@functools.cache
def document_text() -> str:
    """Return the description as it is served and kept in docs/develop/openapi.json."""
    return json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def document() -> dict[str, Any]:
    """Return the description, with what every operation may refuse."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
    scopes = _scopes()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            scope = scopes[operation["operationId"]]
            needed = f"Needs the right `{scope.value}`."
            operation["description"] = f"{operation.get('description', '')}\n\n{needed}".strip()
            operation["responses"] |= {
                status: {
                    "description": EXPLAINED[status],
                    "content": {MEDIA_TYPE: {"schema": {"$ref": _ref("Problem")}}},
                }
                for status in sorted(_refusals(path, method, operation))
            }
    found["components"]["schemas"] |= _schemas_of_problems()
    found["components"]["securitySchemes"] = {
        "Key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "inc_…",
            "description": "Made by an administrator under “Keys for other programs”. Rights: "
            + "; ".join(f"`{scope.value}` (permission `{PERMISSIONS[scope].value}`)" for scope in Scope)
            + ".",
        }
    }
    return found


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def _scopes() -> dict[str, Scope]:
    found = {}
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                key = next(one for one in operation.auth_callbacks if isinstance(one, Key))
                name = operation.operation_id or api.get_openapi_operation_id(operation)
                found[name] = key.scope
    return found


def _refusals(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
    queried = {one["name"] for one in operation["parameters"]}
    found = set(ALWAYS)
    if "requestBody" in operation:
        found |= {"400", "404", "409"}
    if method != "get":
        found |= {"409", "412"}
    if "reason" in queried:  # a file that the clinic opens only to whoever says why
        found.add("409")
    if "If-Match" in headers:
        found |= {"412", "428"}
    if "{" in path or any(name.endswith("_id") for name in queried):
        found.add("404")
    return found


def _schemas_of_problems() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template=_ref("{model}"), mode="serialization")
    parts = schema.pop("$defs", {})
    return {**parts, "Problem": schema}
