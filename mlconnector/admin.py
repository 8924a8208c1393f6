"""Users and groups in our looks, and the raw tables nobody should touch taken away."""

from __future__ import annotations

import django_q.admin  # noqa: F401 - it registers the pages that are taken away below
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django_q.models import Failure, OrmQ, Schedule, Success

from audit.theme import ModelAdmin, PasswordChangeForm, UserChangeForm, UserCreationForm

# One malformed schedule row stops every schedule, and the tables of tasks tell an accountant
# nothing that runs and the audit log do not.
for model in (Failure, OrmQ, Schedule, Success, User, Group):
    admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(UserAdmin, ModelAdmin):
    """Who may sign in."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = PasswordChangeForm


@admin.register(Group)
class PeopleAdmin(GroupAdmin, ModelAdmin):
    """Who may do what."""
