"""The table of the export: every model and every column of the site is exported or left out with a reason."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from strava_live.accounts.models import User
from strava_live.lifecycle.export.table import KINDS, LEFT_OUT, NOT_ABOUT_PEOPLE

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
EXPORTED = {kind.model._meta.label: kind for kind in KINDS}
COULD_BE_A_PERSON = re.compile(r"athlete|user|person|owner|member|strava_id|uid|e?mail|username|object_id|made_by")
"""Names of columns that could have the number or the name of a person without being a foreign key."""
EXPLAINED = {"strava_live.WebhookSubscription.strava_id"}
"""Columns with such a name that have no person, as the reason of their model says."""


def models_that_refer_to_people() -> set[str]:
    """Return the models with a foreign key to a person, directly or through other models."""
    reached: set[type[Model]] = {User}
    while more := {model for model in MODELS.values() if model not in reached and reached & set(referred(model))}:
        reached |= more
    return {model._meta.label for model in reached}


def referred(model: type[Model]) -> Iterator[type[Model]]:
    for field in model._meta.concrete_fields:
        if field.related_model is not None:
            yield field.related_model


def test_every_model_is_exported_or_left_out_with_a_reason() -> None:
    assert not set(MODELS) - set(EXPORTED) - set(LEFT_OUT) - set(NOT_ABOUT_PEOPLE), "name it in the table of the export"


def test_table_names_each_model_once_and_no_other() -> None:
    named = [*EXPORTED, *LEFT_OUT, *NOT_ABOUT_PEOPLE]
    assert sorted(named) == sorted(MODELS)
    assert len(EXPORTED) == len(KINDS)
    assert all(reason.endswith(".") for reason in (*LEFT_OUT.values(), *NOT_ABOUT_PEOPLE.values()))


def test_models_that_refer_to_people_are_not_called_models_without_people() -> None:
    assert not models_that_refer_to_people() & set(NOT_ABOUT_PEOPLE)
    columns = {
        f"{label}.{field.name}"
        for label in NOT_ABOUT_PEOPLE
        for field in MODELS[label]._meta.concrete_fields
        if COULD_BE_A_PERSON.search(field.name)
    }
    assert columns == EXPLAINED


def test_every_column_of_an_exported_model_is_shown_or_left_out_with_a_reason() -> None:
    for kind in KINDS:
        columns = {field.name for field in kind.model._meta.concrete_fields}
        shown = {column.field for column in kind.columns} - {""}
        assert shown | set(kind.left_out) == columns, kind.name
        assert not shown & set(kind.left_out), kind.name


def test_file_names_and_columns_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        names = [column.name for column in kind.columns]
        assert len(set(names)) == len(names), kind.name
        assert kind.about.endswith("."), kind.name
