"""The people of the access table, their club, and a value for each parameter of an address.

Everything that has an owner belongs to `person`, an athlete in the club Striders: the activity, the parkrun, the post.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club
from strava_live.membership.joining import join
from strava_live.messages.models import Conversation, ConversationSide
from strava_live.messages.sending import send_message
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.notifications.noting import note
from strava_live.notifications.push_models import PushSubscription
from strava_live.social.posts import post
from tests import people
from tests.clubs.runs import ran
from tests.live.founding import sessions_of
from tests.sync.runs import waiting_run_of
from tests.web import kept

ACTIVITY = 41
"""Strava's number of the person's activity."""
PRIVATE = ("Ruby wedding loop", "Coffee at the lido", "Alva Berg", "Striders")
"""Words that only members of the club may read: the activity's name, the post, the person's name, the club's name."""
MESSAGE_TEXT = "Lift to the pavilion at eight"
"""A direct message of the clubmate to the person, which no other person may read, not even their captain."""
PARAMETER = re.compile(r"(\w+/)?(?:<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\))")


@dataclass(frozen=True)
class Caller:
    """One kind of person, and how they show who they are: with a session, a token, a screen's key, or not at all."""

    kind: str
    session: str = ""
    token: str = ""
    screen_key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass
class World:
    callers: list[Caller]
    values: dict[str, str] = field(default_factory=dict)
    """Values of parameters: by the part of the address before the parameter, such as `entries/`, or by name."""

    def path(self, route: str, caller: Caller) -> str:
        """Fill in the parameters of a route. Only the caller with the screen's key knows that key."""
        values = dict(self.values)
        if caller.screen_key:
            values["screen/"] = values["screens/key"] = caller.screen_key
        if route.endswith(("/approve/", "/refuse/")):
            values["members/"] = values["asking"]

        def filled(found: re.Match[str]) -> str:
            before, name = found[1] or "", found[2] or found[3]
            return before + (values.get(before + name) or values.get(before) or values.get(name, "1"))

        return "/" + re.sub(r"\^|\$$|\\", "", PARAMETER.sub(filled, route))

    def filled(self, text: str) -> str:
        """Put ids in place of the words ENTRY, NOTE, MESSAGE and PERSON of the table."""
        words = {"ENTRY": "entries/", "NOTE": "notes/", "MESSAGE": "messages/message_id", "PERSON": "user/"}
        for word, value in words.items():
            text = text.replace(word, self.values[value])
        return text

    def caller(self, kind: str) -> Caller:
        return next(caller for caller in self.callers if caller.kind == kind)


def world() -> World:
    """Create the people, the club and what they have."""
    person, clubmate, captain = people.athlete(), people.clubmate(), people.captain()
    outsider, other_captain, operator = people.stranger(), people.other_captain(), people.operator()
    newcomer = User.objects.create_user("nia", display_name="Nia Holt")
    club = found_club_at("striders", "Striders", time_zone="Europe/London", captain=captain)
    found_club_at("harriers", "Harriers", time_zone="Europe/London", captain=other_captain)
    invitation, screen = invite(club.pk), put_up_screen(club.pk)
    for member in (person, clubmate):
        join(member.pk, invitation.secret.reveal(), parkruns=True)
    join(newcomer.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)
    entry = post(person.pk, club.pk, "Coffee at the lido")
    message = send_message(clubmate.pk, person.pk, MESSAGE_TEXT)
    kept.activity(person, ACTIVITY, name="Ruby wedding loop")
    result, tokens = ran(person, 7), tokens_of(person)
    values = {
        "activities/": str(ACTIVITY),
        "asking": str(newcomer.pk),
        "athletes/": str(person.pk),
        "clubs/": club.slug,
        "entries/": str(entry.pk),
        "invitations/": str(invitation.pk),
        "join/": invitation.secret.reveal(),
        "members/": str(clubmate.pk),
        "devices/": str(device_of(person).pk),
        "former/": str(former_conversation_of(person).pk),
        "messages/athlete_id": str(person.pk),
        "messages/message_id": str(message.pk),
        "notes/": str(note_of(person, club)),
        "parkrunevent/": str(result.event_id),
        "parkruns/": str(result.pk),
        "posts/": str(entry.pk),
        "screen/": "no-key",
        "screens/": str(screen.pk),
        "screens/key": "no-key",
        "syncs/": str(waiting_run_of(person).pk),
        "user/": str(person.pk),
        "app_label": "strava_live",
        "tokens/": str(tokens["write token"][0].pk),
        "key": "no-key",
        "url": "nowhere",
    }
    signed_in = {
        "outsider": outsider,
        "clubmate": clubmate,
        "person": person,
        "captain": captain,
        "other captain": other_captain,
        "operator": operator,
    }
    TOTP.activate(operator, "JBSWY3DPEHPK3PXP")  # the admin asks for two-step sign-in
    sessions = dict(zip(signed_in, sessions_of(list(signed_in.values())), strict=True))
    return World(
        [
            Caller("signed out"),
            *(Caller(kind, session=session) for kind, session in sessions.items()),
            *(Caller(kind, token=secret) for kind, (_, secret) in tokens.items()),
            Caller("screen key", screen_key=screen.secret.reveal()),
        ],
        values,
    )


def former_conversation_of(person: User) -> Conversation:
    """Create what is left of a conversation whose other person has deleted their account."""
    conversation = Conversation.objects.create(started_at=timezone.now())
    ConversationSide.objects.create(conversation=conversation, user=person, last_at=conversation.started_at)
    return conversation


def device_of(person: User) -> PushSubscription:
    """Subscribe a browser of the person to notifications."""
    digest, session = "d" * 64, person.get_session_auth_hash()
    return PushSubscription.objects.create(user=person, endpoint_digest=digest, session_hash=session)


def note_of(person: User, club: Club) -> int:
    """Add a notification of the captains' answer, which no request of the access table removes. Return its id."""
    answer = {"answer": CaptainsAnswer.JOIN_ACCEPTED}
    note(person.pk, "answer", "answer.join.0", actor_id=None, club_id=club.pk, data=answer)
    return Notification.objects.of(person.pk).with_key("answer.join.0").get().pk


def tokens_of(person: User) -> dict[str, tuple[ApiToken, str]]:
    """Create the person's tokens. Return each with its secret, by kind."""
    read, write = ApiToken.Scope.READ, ApiToken.Scope.WRITE
    made = {
        kind: make_token(person.pk, name=kind, scope=scope)
        for kind, scope in (("read token", read), ("write token", write), ("expired", write), ("revoked", write))
    }
    past = timezone.now() - timedelta(minutes=1)
    ApiToken.objects.filter(pk=made["expired"][0].pk).update(expires_at=past)
    ApiToken.objects.filter(pk=made["revoked"][0].pk).update(revoked_at=past)
    return made
