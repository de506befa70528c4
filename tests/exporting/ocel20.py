"""OCEL 2.0's JSON format as a JSON Schema, and what its text asks beyond: declared types, known objects."""

from typing import Any

_NAMED = {
    "type": "object",
    "required": ["name", "attributes"],
    "properties": {
        "name": {"type": "string"},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": {"type": "string"},
                    "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                },
            },
        },
    },
}
_RELATIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    },
}
_TIME = {"type": "string", "format": "date-time", "pattern": "(Z|[+-][0-9]{2}:[0-9]{2})$"}
_VALUE = {"type": ["string", "number", "boolean"]}

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": {"type": "array", "items": _NAMED},
        "eventTypes": {"type": "array", "items": _NAMED},
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "relationships": _RELATIONS,
                    "attributes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "value", "time"],
                            "properties": {"name": {"type": "string"}, "value": _VALUE, "time": _TIME},
                        },
                    },
                },
            },
        },
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": _TIME,
                    "relationships": _RELATIONS,
                    "attributes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "value"],
                            "properties": {"name": {"type": "string"}, "value": _VALUE},
                        },
                    },
                },
            },
        },
    },
}
PYTHON = {"string": str, "time": str, "integer": int, "float": float, "boolean": bool}


def faults(log: dict[str, Any]) -> list[str]:
    """What a log says that its own declarations do not allow."""
    found: list[str] = []
    known = {thing["id"] for thing in log["objects"]}
    for things, types in ((log["objects"], log["objectTypes"]), (log["events"], log["eventTypes"])):
        declared = {t["name"]: {a["name"]: a["type"] for a in t["attributes"]} for t in types}
        ids = [thing["id"] for thing in things]
        found += [f"{one} is there twice" for one in set(ids) if ids.count(one) > 1]
        for thing in things:
            attributes = declared.get(thing["type"], {})
            for attribute in thing["attributes"]:
                kind = attributes.get(attribute["name"])
                if kind is None or type(attribute["value"]) is not PYTHON[kind]:
                    found.append(f"{thing['id']}: {attribute['name']} is not the {kind} declared")
            found += [
                f"{thing['id']} speaks of {relation['objectId']}, which is not there"
                for relation in thing["relationships"]
                if relation["objectId"] not in known
            ]
    return found
