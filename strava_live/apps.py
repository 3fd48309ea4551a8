"""The one Django app, and the admin it brings."""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class StravaLiveConfig(AppConfig):
    name = "strava_live"
    default = True

    def ready(self) -> None:
        # These listen to what Django and allauth tell, once models are there.
        import strava_live.database  # noqa: PLC0415
        import strava_live.lifecycle.connecting  # noqa: PLC0415
        import strava_live.live.signing_out  # noqa: F401, PLC0415

        serve_with_our_daphne()


def serve_with_our_daphne() -> None:
    """Make `manage.py runserver` start our server: daphne's own serves sockets, and follows no sync runs.

    A command of the same name here would never be found. Django takes that of the first app that has one, which is
    daphne: it must stay first, since it installs Twisted's event loop.
    """
    from daphne.management.commands.runserver import Command  # noqa: PLC0415 as above

    Command.server_cls = staticmethod(our_daphne)


def our_daphne(**options: Any) -> Any:
    """Without daphne's access log, which would write the keys that stand in addresses; the site writes its own."""
    from strava_live.hub.daphne import SteadyServer  # noqa: PLC0415 as above

    return SteadyServer(**options | {"action_logger": None})


class StaffAdminConfig(django_admin.AdminConfig):
    default = False
    default_site = "strava_live.web.admin_site.StaffSite"
