"""The Swagger document is valid, says what the routes do, and its examples can be played."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask_restx.schemas import validate

from tests.support.api import Api
from tests.support.routes import ROUTES, Route


@pytest.fixture
def swagger(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/swagger.json").body
    return found


def operation(swagger: dict[str, Any], route: Route) -> dict[str, Any]:
    path = route.rule.replace("<int:", "{").replace("<string:", "{").replace(">", "}")
    found: dict[str, Any] = swagger["paths"][path][route.method.lower()]
    return found


def test_the_document_is_valid_swagger_2(swagger: dict[str, Any]) -> None:
    assert swagger["swagger"] == "2.0"
    assert validate(swagger)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.rule}")
def test_a_route_is_described(swagger: dict[str, Any], route: Route) -> None:
    described = operation(swagger, route)
    assert described["summary"]
    assert {str(route.status), "401", "403"} <= described["responses"].keys()
    assert described["security"] == [{"bearer": []}]
    names = {parameter["name"] for parameter in described.get("parameters", ())}
    assert ("payload" in names) == (route.body is not None)
    assert ("Idempotency-Key" in names) == route.changes


def test_all_references_of_the_document_lead_somewhere(swagger: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [ref for each in value.values() for ref in references(each)]
        if isinstance(value, list):
            return [ref for each in value for ref in references(each)]
        return []

    for reference in references(swagger):
        assert reference.removeprefix("#/definitions/") in swagger["definitions"]


def test_the_examples_can_be_played_as_they_stand(api: Api, swagger: dict[str, Any]) -> None:
    api.realm.create("farmer")
    api.realm.create("hunter")
    for route in ROUTES:
        payloads = [
            parameter["schema"]["$ref"].removeprefix("#/definitions/")
            for parameter in operation(swagger, route).get("parameters", ())
            if parameter["name"] == "payload"
        ]
        for name in payloads:
            if route.path.endswith("/sales"):
                continue  # its example is bought first: one body serves both
            answer = api.ask(route.method, route.path, swagger["definitions"][name]["example"])
            assert answer.status == route.status, (route, answer.raw)
            if route.path.endswith("/purchases"):
                sold = api.post("/v1/players/1/sales", swagger["definitions"][name]["example"])
                assert sold.status == 201
            if route.path.endswith("/batch"):
                assert {each["status"] for each in answer.body["results"]} == {"settled"}
    api.realm.audit()


def test_the_page_of_the_document_needs_nothing_from_elsewhere(api: Api) -> None:
    page = api.get("/docs").raw.decode()
    fetched = re.findall(r"""(?:src|href)=["']([^"'#]+)""", page)
    assert fetched
    for path in fetched:
        assert path.startswith("/swaggerui/"), path
        assert api.get(path).status == 200
