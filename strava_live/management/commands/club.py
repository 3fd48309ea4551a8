"""manage.py club create|invitation|screen|captain SLUG: create a club, an invitation or a wall screen, make a captain.

A wall screen is a television in the club's café that shows the feed. Its address contains a secret key.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from strava_live.accounts.models import User
from strava_live.accounts.people import NoSuchUser, find_user
from strava_live.accounts.profile import read_display_name, require_time_zone
from strava_live.clubs.captains import appoint
from strava_live.clubs.founding import BadSlug, found_club_at
from strava_live.clubs.keys import TooManyKeys, invite, put_up_screen
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import MAX_CLUB_NAME, Club
from strava_live.formats import full_stop
from strava_live.web.club_links import club_link, invitation_link, screen_link


class Command(BaseCommand):
    help = "Create a club, create an invitation or a wall screen for it, or make a member captain."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="create|invitation|screen|captain")
        create = actions.add_parser("create", help="create a club; prints its address, an invitation and a screen")
        create.add_argument("slug", metavar="SLUG", help="the club's part of its address, such as hillside-harriers")
        create.add_argument("--name", required=True)
        create.add_argument("--time-zone", default="UTC", metavar="TZ", help="such as Europe/London")
        create.add_argument("--captain", metavar="WHO", help="a username, or strava:<id>")
        for action, what in (("invitation", "print one more invitation"), ("screen", "print one more wall screen")):
            actions.add_parser(action, help=what).add_argument("slug", metavar="SLUG")
        captain = actions.add_parser("captain", help="make a member captain")
        captain.add_argument("slug", metavar="SLUG")
        captain.add_argument("who", metavar="WHO", help="a username, or strava:<id>")

    @transaction.atomic
    def handle(self, *args: Any, action: str, slug: str, **options: Any) -> None:
        try:
            getattr(self, action)(slug, **options)
        except (BadSlug, NoSuchUser, TooManyKeys) as error:
            raise CommandError(str(error)) from error

    def create(self, slug: str, *, name: str, time_zone: str, captain: str | None, **_: Any) -> None:
        visible = read_display_name(name)
        if not visible or len(visible) > MAX_CLUB_NAME:
            raise CommandError(f"--name must be 1 to {MAX_CLUB_NAME} visible characters.")
        try:
            require_time_zone(time_zone)
        except ValidationError as error:
            raise CommandError(f"--time-zone: {error.message}") from error
        who: User | None = find_user(captain) if captain is not None else None
        club = found_club_at(slug, visible, time_zone=time_zone, captain=who)
        self.stdout.write(f"club {club_link(settings.SITE_URL, club)}")
        self.print_invitation(club)
        self.print_screen(club)

    def invitation(self, slug: str, **_: Any) -> None:
        self.print_invitation(club_at(slug))

    def screen(self, slug: str, **_: Any) -> None:
        self.print_screen(club_at(slug))

    def captain(self, slug: str, *, who: str, **_: Any) -> None:
        person, club = find_user(who), club_at(slug)
        try:
            appoint(club.pk, person.pk)
        except NotAMember as error:
            missing = full_stop(f"{who} is not in {club.name}")
            raise CommandError(f"{missing} They have to join by an invitation first.") from error
        self.stdout.write(full_stop(f"{person.shown_name} is now a captain of {club.name}"))

    def print_invitation(self, club: Club) -> None:
        self.stdout.write(f"invitation {invitation_link(settings.SITE_URL, invite(club.pk))}")

    def print_screen(self, club: Club) -> None:
        self.stdout.write(f"screen {screen_link(settings.SITE_URL, club, put_up_screen(club.pk))}")


def club_at(slug: str) -> Club:
    club = Club.objects.filter(slug=slug).first()
    if club is None:
        raise CommandError(f"There is no club at {slug}.")
    return club
