"""The peer: all rows are read into a list, and the zip is made in memory, as most guides for Django show it."""

import csv
import io
import json
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from strava_live.activities.models import Activity


@login_required
def export(request: HttpRequest) -> HttpResponse:
    rows = list(Activity.with_gone.filter(athlete=request.user.pk).values())
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    zipped = io.BytesIO()
    with ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        archive.writestr("json/activities.json", json.dumps(rows, cls=DjangoJSONEncoder))
        archive.writestr("csv/activities.csv", table.getvalue())
    return HttpResponse(zipped.getvalue(), content_type="application/zip")


urlpatterns = [path("settings/export/", export), path("", include("site_config.urls"))]
