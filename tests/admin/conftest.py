"""People at the screen: an administrator, an accountant who may only read, and short cuts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

# The settings of a test may hash plainly; the pages must not know the difference.
PASSWORD = "not-used"


@pytest.fixture
def anna(db: None, client: Client) -> Client:
    """Sign an administrator in."""
    client.force_login(User.objects.create_superuser("anna", "anna@example.com", PASSWORD))
    return client


@pytest.fixture
def sign_in(db: None) -> Callable[..., Client]:
    """Sign in somebody of the staff who has the named rights only."""

    def make(*rights: str) -> Client:
        person = User.objects.create_user("ben", password=PASSWORD, is_staff=True)
        for right in rights:
            app, codename = right.split(".")
            person.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        client = Client()
        client.force_login(person)
        return client

    return make


def change_url(record: Any) -> str:
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
    return reverse(name, args=(record.pk,))


def delete_url(record: Any) -> str:
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_delete"
    return reverse(name, args=(record.pk,))


def list_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def add_url(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def act_url(record: Any, name: str) -> str:
    view = f"admin:{record._meta.app_label}_{record._meta.model_name}_act"
    return reverse(view, args=(record.pk, name))


def words(response: HttpResponse) -> str:
    """Return a page's HTML."""
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def messages(response: Any) -> str:
    """Return what a page that was redirected to says at its top."""
    return " ".join(str(message) for message in response.context["messages"])
