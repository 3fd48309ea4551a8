"""The bundled parkrun events in a test's database, inserted quickly after the first time."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, models

from strava_live.parkrun.models import CatalogueState, ParkrunEvent


class LoadedEvents:
    """Keeps the rows that `load_parkrun_events` wrote the first time, and inserts them for later tests."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[list[Any]]] = {}

    def load(self) -> None:
        if self.rows:
            for model, rows in self.rows.items():
                insert(model, rows)
            return
        call_command("load_parkrun_events", stdout=StringIO())
        self.rows = {model: rows_of(model) for model in (ParkrunEvent, CatalogueState)}


def columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return list(model._meta.concrete_fields)


def rows_of(model: type[models.Model]) -> list[list[Any]]:
    """Return the rows with their values as the database stores them."""
    return [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns(model)]
        for row in model._default_manager.order_by("pk")
    ]


def insert(model: type[models.Model], rows: list[list[Any]]) -> None:
    names = ", ".join(f'"{field.column}"' for field in columns(model))
    places = ", ".join(["%s"] * len(columns(model)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', rows)  # noqa: S608 names of columns


loaded_events = LoadedEvents()
