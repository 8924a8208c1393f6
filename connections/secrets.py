"""A model field that keeps credentials and tokens encrypted in the database.

django-cryptography does the encrypting. What it would do by itself is replaced here on purpose:
values are JSON (never pickle), the keys are our own and can be changed, and a value only opens in
the row it was saved in. docs/decisions/0003-encrypted-fields.md has the reasons.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import BadSignature
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.encoding import force_bytes
from django_cryptography.core.signing import FernetSigner
from django_cryptography.fields import EncryptedMixin
from django_cryptography.utils.crypto import FernetBytes, InvalidToken

VERSION = b"\x01"
KEY_ID_LENGTH = 4


class SecretError(Exception):
    """A secret cannot be stored or shown the way it was asked for."""


@dataclass(frozen=True)
class Sealed:
    """A secret as it lies in the database."""

    content: bytes

    @property
    def key_id(self) -> str:
        return self.content[1 : 1 + KEY_ID_LENGTH].hex()

    def __repr__(self) -> str:
        return f"<Sealed with key {self.key_id}>"


@dataclass(frozen=True)
class Unreadable:
    """Stands in for a secret that does not open, so that lists and forms still work.

    Saving it again writes the same bytes back: putting the right key into the settings heals it.
    """

    reason: str
    sealed: Sealed

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True)
class Key:
    """Encrypts and signs with two different keys, both made from one entry of the settings."""

    id: bytes
    fernet: FernetBytes

    @classmethod
    @lru_cache(maxsize=16)
    def from_setting(cls, secret: str) -> Key:
        material = HKDF(
            algorithm=hashes.SHA256(), length=64 + KEY_ID_LENGTH, salt=None, info=b"ml-connector"
        ).derive(secret.encode())
        signer = FernetSigner(material[32:64])
        return cls(id=material[64:], fernet=FernetBytes(material[:32], signer))


def key_ring() -> list[Key]:
    """The keys in the order of the settings: the first encrypts, every one of them decrypts."""
    return [Key.from_setting(secret) for secret in settings.CONNECTOR_SECRET_KEYS]


def seal(values: dict[str, Any], *, place: str) -> Sealed:
    """Encrypt values so that they open at this place only."""
    keys = key_ring()
    if not keys:
        raise ImproperlyConfigured(
            "CONNECTOR_SECRET_KEYS is empty, so passwords and tokens cannot be stored."
        )
    envelope = json.dumps({"place": place, "values": values}).encode()
    return Sealed(VERSION + keys[0].id + keys[0].fernet.encrypt(envelope))


def unseal(sealed: Sealed, *, place: str) -> dict[str, Any] | Unreadable:
    """Decrypt a value, or say why it does not open here. Never raises for what is stored."""
    key = next((key for key in key_ring() if key.id.hex() == sealed.key_id), None)
    if key is None or not sealed.content.startswith(VERSION):
        return Unreadable(
            "The key it was encrypted with is not in CONNECTOR_SECRET_KEYS.", sealed=sealed
        )
    try:
        envelope = json.loads(key.fernet.decrypt(sealed.content[1 + KEY_ID_LENGTH :]))
    except (BadSignature, InvalidToken, ValueError):
        return Unreadable("It was changed in the database.", sealed=sealed)
    if envelope["place"] != place:
        return Unreadable("It was copied here from another row of the database.", sealed=sealed)
    values: dict[str, Any] = envelope["values"]
    return values


class SecretAttribute(DeferredAttribute):
    """Opens a secret when it is first looked at: only then is the row it belongs to known."""

    field: SecretField

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = unseal(value, place=self.field.place_of(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SecretMixin(EncryptedMixin):  # type: ignore[type-arg]
    """Replaces what django-cryptography's field would do with pickle, its keys and its errors."""

    wasinstance = True  # keeps the field's own name in migrations
    attname: str
    name: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        # Not EncryptedMixin's: it builds keys from SECRET_KEY, once, and keeps them.
        super(EncryptedMixin, self).__init__(*args, **kwargs)

    def place_of(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise SecretError("A row needs its primary key before it can hold a secret.")
        return f"{instance._meta.label_lower}.{self.name}:{instance.pk}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = getattr(model_instance, self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        if isinstance(value, Unreadable):
            return value.sealed
        if not isinstance(value, dict):
            raise SecretError(f"{self.name} must be a dict, not {type(value).__name__}.")
        return seal(value, place=self.place_of(model_instance))

    def _dump(self, value: Any) -> bytes:
        if not isinstance(value, Sealed):
            raise SecretError("Secrets are bound to their row: save the object, not a query.")
        return value.content

    def _load(self, value: bytes) -> Sealed:
        return Sealed(value)

    def from_db_value(self, value: Any, *args: Any, **kwargs: Any) -> Sealed | None:
        return None if value is None else self._load(force_bytes(value))

    def value_to_string(self, obj: models.Model) -> str:
        raise SecretError(
            f"{obj._meta.verbose_name} holds secrets, which are never exported. "
            f"Leave it out with --exclude {obj._meta.label}."
        )


class SecretField(SecretMixin, models.JSONField):  # type: ignore[misc]
    """A dict of credentials. Reading it gives the dict, or Unreadable when it does not open."""

    description = "Encrypted values"
    descriptor_class = SecretAttribute
