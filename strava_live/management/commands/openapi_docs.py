"""manage.py openapi_docs: print a new description of the API, for docs/openapi.json.

It fails if a route is not fully described. bin/check compares its output with the file.
"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from strava_live.api.openapi import finished_schema
from strava_live.api.openapi_faults import faults_of


class Command(BaseCommand):
    help = "Print docs/openapi.json."

    def handle(self, *args: Any, **options: Any) -> None:
        schema = finished_schema()
        self.stdout.write(json.dumps(schema, indent=2, ensure_ascii=False))
        if faults := faults_of(schema):
            raise CommandError("\n".join(faults))
