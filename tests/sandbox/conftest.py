"""What the sandbox's own tests share: a town, a desk to call it from, and the vendors' descriptions as witnesses.

The descriptions are not in this repository. Where they lie (`BRIDGE_SPECS`, else `../shared/specs` beside it), every routed
2xx answer that Xero's half gives in these tests is held against Xero's OpenAPI file, and the summary says how many were
(tests/conftest.py: the processes of a run add theirs up).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from vendors_description import SEEN, specs_path
from xero_desk import Desk

from include.sandbox.ground import Answer, Asked, Route
from include.sandbox.town import Town


@cache
def _xero_description() -> tuple[dict[str, Any], Any]:
    path = specs_path()
    assert path is not None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # The file is the vendor's data: only plain YAML is read from it.
    document = yaml.load((path / "xero" / "xero_accounting.yaml").read_text(), Loader=loader)
    registry = Registry().with_resource("urn:xero", Resource.from_contents(document, DRAFT4))
    return document, registry


@cache
def _validator(path: str, method: str, status: int) -> OAS30Validator | None:
    """Xero's own schema for an answer, or None when the description has none for it."""
    document, registry = _xero_description()
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    answer = operation.get("responses", {}).get(str(status), {})
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    ref = {"$ref": "urn:xero" + schema["$ref"]} if "$ref" in schema else schema
    return OAS30Validator(ref, registry=registry)


def hold_against_xero(route: Route, asked: Asked, answer: Answer) -> None:
    """A witness: raises when Xero's description does not allow the answer."""
    if not route.path.startswith("/api.xro/") or not isinstance(answer.body, dict) or answer.status == 501:
        return
    path = route.path.removeprefix("/api.xro/2.0").replace("{Contact}", "{ContactID}")
    validator = _validator(path, route.method, answer.status)
    if validator is None or "Title" in answer.body:
        SEEN["skipped"] += 1
        return
    errors = [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in validator.iter_errors(json.loads(answer.encoded()))
    ]
    assert not errors, f"{route.method} {path} {answer.status} differs from Xero's description: {errors[:5]}"
    SEEN["checked"] += 1


@pytest.fixture
def town() -> Town:
    """An empty town, watched by Xero's own description where that is at hand."""
    town = Town()
    if specs_path():
        town.dispatch.witnesses.append(hold_against_xero)
    return town


@pytest.fixture
def xero(town: Town) -> Desk:
    """A desk that is signed in to the books. Limits are off: their own tests turn them on."""
    town.limits.enforced = False
    desk = Desk(town)
    desk.sign_in()
    return desk


@pytest.fixture
def base(town: Town) -> Iterator[str]:
    """The town over real HTTP."""
    with town.serve() as address:
        yield address
