"""Odoo's refusals with the status and body JSON-2 gives them.

Reference: docs/systems/odoo.md §2. Texts are those of a 19.0 server; 500 is not a transient fault.
"""

from __future__ import annotations

from typing import Any

NO_DATABASE = """<!DOCTYPE html>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>
<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>

<!-- Alternatively, use the X-Odoo-Database header. -->
"""
WRONG_CONTENT_TYPE = """<!doctype html>
<html lang=en>
<title>415 Unsupported Media Type</title>
<h1>Unsupported Media Type</h1>
<p>Request inferred type is compatible with [&#39;http&#39;] but \
&#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.<br><br>\
Please verify the Content-Type request header and try again.</p>
"""
CONTACT_ADMINISTRATOR = "Contact your administrator to request access if necessary."


class OdooError(Exception):
    """An error Odoo answers as JSON."""

    status = 500
    name = "builtins.Exception"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def arguments(self) -> list[Any]:
        return [self.message]

    def body(self) -> dict[str, Any]:
        frames = "Traceback (most recent call last):\n  (server frames left out)\n"
        return {
            "name": self.name,
            "message": self.message,
            "arguments": self.arguments,
            "context": {},
            "debug": f"{frames}{self.name}: {self.message}\n",
        }


class AccessError(OdooError):
    status = 403
    name = "odoo.exceptions.AccessError"


class MissingError(OdooError):
    status = 404
    name = "odoo.exceptions.MissingError"


class UserError(OdooError):
    status = 422
    name = "odoo.exceptions.UserError"


class ValidationError(OdooError):
    status = 422
    name = "odoo.exceptions.ValidationError"


class HttpError(OdooError):
    """A refusal of the HTTP layer: its arguments carry the status as well."""

    @property
    def arguments(self) -> list[Any]:
        return [self.message, self.status]


class BadRequest(HttpError):
    status = 400
    name = "werkzeug.exceptions.BadRequest"


class Unauthorized(HttpError):
    status = 401
    name = "werkzeug.exceptions.Unauthorized"


class NotFound(HttpError):
    status = 404
    name = "werkzeug.exceptions.NotFound"


class UnprocessableEntity(HttpError):
    status = 422
    name = "werkzeug.exceptions.UnprocessableEntity"


class ServerError(OdooError):
    """Anything Odoo does not catch: a Python or PostgreSQL error, status 500."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def value_error(message: str) -> ServerError:
    return ServerError("builtins.ValueError", message)


def wrong_sql_type(kind: str, value: object) -> ServerError:
    shown = str(value)
    message = f"invalid input syntax for type {kind}: \"{shown}\"\nLINE 1: ...'{shown}'...\n    ^\n"
    return ServerError("psycopg2.errors.InvalidTextRepresentation", message)


def missing(model: str, record: object, user: int) -> MissingError:
    shown = f"{model}({record},)"
    return MissingError(
        f"Record does not exist or has been deleted.\n(Record: {shown}, User: {user})"
    )


def broken_reference(description: str, model: str, label: str, field: str) -> ValidationError:
    """Return the foreign key refusal; Odoo words it the same for inserts and deletions."""
    return ValidationError(
        "The operation cannot be completed: Another model is using the record you are trying to "
        f"delete.\n\nThe troublemaker is: '{description}' ({model})\n"
        f"Thanks to the following constraint: '{label}' ({field})\n"
        "How about archiving the record instead?"
    )


def required_missing(description: str, model: str, label: str, field: str) -> ValidationError:
    return ValidationError(
        "The operation cannot be completed: Missing required value for the field "
        f"'{label}' ({field}).\nModel: '{description}' ({model})\n"
        "- create/update: a mandatory field is not set\n"
        "- delete: another model requires the record being deleted, you can archive it instead\n"
    )


class ConstraintError(ValidationError):
    """A check of the database itself; load() names the field and leaves the prefix out."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(f"The operation cannot be completed: {reason}")
        self.reason = reason
        self.field = field
