"""What is wrong with a field, in words: the first fault that was found, and what to write instead."""

from enum import Enum
from typing import Any

from pydantic import ValidationError

from domain.base import Refusal

SHOWN = 60  # characters of what was given


class FieldMissing(Refusal):
    """{field} is missing.

    Say it and try again.
    """


class FieldRefused(Refusal):
    """{field} cannot be taken: {why}

    Correct it and try again.
    """


class FieldTooLong(FieldRefused):
    """{field} may have at most {limit} characters.

    Shorten it.
    """


class FieldNotAChoice(FieldRefused):
    """“{given}” is not known for {field}.

    Write one of: {known}.
    """


class FieldNotYesOrNo(FieldRefused):
    """{field} is answered by yes or no, not by “{given}”.

    Write true or false.
    """


class FieldNotANumber(FieldRefused):
    """{field} is a whole number, not “{given}”.

    Write it in digits.
    """


class FieldNotAText(FieldRefused):
    """{field} must be one line without tabs or control characters, or a text without control characters.

    Write it again by hand; such signs come along when a text is copied.
    """


def refusal_of(invalid: ValidationError) -> Refusal:
    """The first fault as a refusal; a value is named shortened, for it may be very long."""
    error = invalid.errors(include_url=False)[0]
    field = ".".join(str(part) for part in error["loc"]) or "-"
    given, facts = str(error.get("input"))[:SHOWN], error.get("ctx", {})
    match error["type"]:
        case "missing" | "string_too_short":
            return FieldMissing(field=field)
        case "string_too_long":
            return FieldTooLong(field=field, limit=facts["max_length"])
        case "enum" | "literal_error":
            return FieldNotAChoice(field=field, given=given, known=_known(facts["expected"]))
        case "bool_parsing" | "bool_type":
            return FieldNotYesOrNo(field=field, given=given)
        case "int_parsing" | "int_type" | "int_from_float":
            return FieldNotANumber(field=field, given=given)
        case "value_error":
            return FieldNotAText(field=field)
        case _:
            return FieldRefused(field=field, why=f"{error['msg']}.")


def _known(expected: Any) -> str:
    """The choices without the quotes that pydantic writes around them."""
    return (
        str(expected.value if isinstance(expected, Enum) else expected).replace("'", "").replace(" or ", ", ")
    )
