"""Configuration of the site's one Django app, and of its admin."""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class StravaLiveConfig(AppConfig):
    name = "strava_live"
    default = True

    def ready(self) -> None:
        # These modules connect signal receivers. They are imported here because they need the models.
        import strava_live.accounts.person_sessions  # noqa: PLC0415
        import strava_live.database  # noqa: PLC0415
        import strava_live.lifecycle.connecting  # noqa: PLC0415
        import strava_live.live.signing_out  # noqa: F401, PLC0415

        use_our_server_in_runserver()


def use_our_server_in_runserver() -> None:
    """Make `manage.py runserver` start our server, which also reads activities from Strava in the background.

    A runserver command of our own would not be found: Django takes the command of the first app that has one. That is
    daphne, which must come first because it installs Twisted's event loop.
    """
    from daphne.management.commands.runserver import Command  # noqa: PLC0415 needs the apps

    Command.server_cls = staticmethod(build_server)


def build_server(**options: Any) -> Any:
    """Build our server with daphne's access log off, because paths can contain secrets."""
    from strava_live.hub.daphne import SiteServer  # noqa: PLC0415 needs the apps

    return SiteServer(**options | {"action_logger": None})


class StaffAdminConfig(django_admin.AdminConfig):
    default = False
    default_site = "strava_live.web.admin_site.StaffSite"
