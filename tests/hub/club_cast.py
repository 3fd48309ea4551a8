"""A club with members and a wall screen, whose sockets are opened in this process."""

from strava_live.accounts.models import User
from strava_live.clubs.keys import put_up_screen
from strava_live.clubs.models import Club, Membership
from tests.hub.in_process_socket import InProcessSocket
from tests.live.founding import sessions_of


class ClubCast:
    def __init__(self, *members: User) -> None:
        self.club = Club.objects.create(slug="striders", name="Striders")
        Membership.objects.bulk_create(Membership(club=self.club, user=user) for user in members)
        self.members = [user.pk for user in members]
        self.sessions = sessions_of(list(members))
        self.key = put_up_screen(self.club.pk).secret.reveal()

    def member(self, number: int = 0, query: str = "") -> InProcessSocket:
        """Connect a member to the club's feed."""
        return InProcessSocket(f"/ws/clubs/striders/{query}", self.sessions[number]).connect()

    def wall(self) -> InProcessSocket:
        """Connect the wall screen."""
        return InProcessSocket(f"/ws/screens/{self.key}/").connect()
