"""The kinds of rows about an account: profile, connections, sign-in, sessions, API tokens, actions in the admin."""

from collections.abc import Iterator
from datetime import UTC, datetime

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import Combinable

from strava_live.accounts.encryption import code_of_athlete, code_of_person
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.person_sessions import decoded, user_ids_in
from strava_live.api_tokens.models import ApiToken
from strava_live.idempotency.models import AnsweredForm
from strava_live.lifecycle.export.kinds import CONFIDENTIAL, INTERNAL, YOU, Column, ExportedKind, left_out, plain, shown
from strava_live.lifecycle.export.reading import chunks
from strava_live.lifecycle.inventory import strava_ids_of

ATHLETE_AT_STRAVA = "https://www.strava.com/athletes/{}"


def revocations_of(user: User) -> QuerySet[Revocation]:
    """Return the person's revocations. Older ones have no code of the person, and may have the Strava id itself."""
    ids = strava_ids_of(user.pk)
    of_athlete = Q(strava_id__in=[*ids, *map(code_of_athlete, ids)])
    return Revocation.objects.filter(of_athlete | Q(person_code=code_of_person(user.pk)))


def sessions_of(user: User) -> Iterator[list[Session]]:
    """Yield, from each chunk of all sessions, those of the person: a session has no column that names its user."""
    for stored in chunks(Session.objects.all()):
        yield [session for session in stored if user.pk in user_ids_in(decoded(session.session_data) or {})]


def sign_ins(session: Session) -> list[dict[str, str]]:
    """Return when and how the person signed in, as allauth has noted it. Nothing else of the session is shown."""
    noted = (decoded(session.session_data) or {}).get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return [
        {"method": str(one.get("method", "")), "at": datetime.fromtimestamp(one["at"], UTC).isoformat()}
        for one in noted
        if isinstance(one.get("at"), int | float)
    ]


def admin_log_of(user: User) -> QuerySet[LogEntry]:
    """Return what the person has changed in the admin, and what operators have changed in the person's account."""
    account = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    entries = LogEntry.objects.filter(Q(user=user) | account).select_related("content_type")
    return entries.annotate(by_you=conditional(Q(user=user)), about_you=conditional(account))


def conditional(condition: Q) -> Combinable:
    return ExpressionWrapper(condition, output_field=BooleanField())


ACCOUNT_KINDS = (
    ExportedKind(
        "profile",
        User,
        "Your account: username, name, email, parkrun ID, goal time, time zone.",
        lambda user: User.objects.filter(pk=user.pk),
        (
            *plain("id", "username", "email", "display_name", "parkrun_id", "goal_time_s"),
            *plain("time_zone", "time_zone_known", "date_joined", "last_login"),
            *plain("is_active", "is_staff", "is_superuser"),
            Column("has_password", lambda user: user.has_usable_password()),
            Column("groups", lambda user: [group.name for group in user.groups.all()]),
            Column("permissions", lambda user: [permission.codename for permission in user.user_permissions.all()]),
        ),
        left_out(CONFIDENTIAL, "password"),
    ),
    ExportedKind(
        "strava_connection",
        StravaConnection,
        "Your connection to Strava: your athlete number, what you allowed us to read, and since when. "
        "The keys (tokens) are left out.",
        lambda user: StravaConnection.objects.filter(user=user),
        (
            *plain("id", "strava_id", "scopes", "connected_at", "joined_at", "synced_until", "routine_at"),
            *plain("revoked_at", "trouble"),
            shown("tokens_expire_at", "expires_at", lambda row: row.expires_at),
            Column("view_on_strava", lambda row: ATHLETE_AT_STRAVA.format(row.strava_id)),
        ),
        left_out(CONFIDENTIAL, "access_token", "refresh_token")
        | left_out(INTERNAL, "refresh_owner", "refresh_until")
        | left_out(YOU, "user"),
    ),
    ExportedKind(
        "revocations",
        Revocation,
        "Requests to Strava to withdraw our access, after you disconnected.",
        revocations_of,
        plain("id", "asked_at", "next_try_at", "tries"),
        left_out(CONFIDENTIAL, "token", "strava_id", "person_code"),
    ),
    ExportedKind(
        "linked_accounts",
        SocialAccount,
        "Accounts elsewhere with which you can sign in here.",
        lambda user: SocialAccount.objects.filter(user=user),
        plain("id", "provider", "uid", "date_joined", "last_login", "extra_data"),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "email_addresses",
        EmailAddress,
        "Your email addresses, and whether you have confirmed them.",
        lambda user: EmailAddress.objects.filter(user=user),
        plain("id", "email", "verified", "primary"),
        left_out(YOU, "user"),
    ),
    ExportedKind(
        "email_confirmations",
        EmailConfirmation,
        "Emails that we sent you to confirm an address.",
        lambda user: EmailConfirmation.objects.filter(email_address__user=user).select_related("email_address"),
        (*plain("id", "created", "sent"), shown("email", "email_address", lambda row: row.email_address.email)),
        left_out(CONFIDENTIAL, "key"),
    ),
    ExportedKind(
        "two_step_sign_in",
        Authenticator,
        "Your two-step sign-in: whether it is an app or recovery codes, and since when. The codes are left out.",
        lambda user: Authenticator.objects.filter(user=user),
        plain("id", "type", "created_at", "last_used_at"),
        left_out(CONFIDENTIAL, "data") | left_out(YOU, "user"),
    ),
    ExportedKind(
        "sessions",
        Session,
        "The browsers in which you are signed in: when you signed in there, and until when that lasts.",
        sessions_of,
        (Column("signed_in", sign_ins), shown("expires_at", "expire_date", lambda row: row.expire_date)),
        left_out(CONFIDENTIAL, "session_key", "session_data"),
    ),
    ExportedKind(
        "api_tokens",
        ApiToken,
        "Your API tokens: their names and what they may do. The tokens themselves are left out.",
        lambda user: ApiToken.objects.of(user.pk),
        plain("id", "name", "scope", "made_at", "expires_at", "last_used_on", "revoked_at"),
        left_out(CONFIDENTIAL, "hint", "digest") | left_out(YOU, "user"),
    ),
    ExportedKind(
        "answered_forms",
        AnsweredForm,
        "Forms that you sent, and requests of your programs, in the last day. We keep our answers to them, "
        "so that one that arrives twice is done once.",
        lambda user: AnsweredForm.objects.filter(user=user.pk),
        plain("id", "answered_at", "status", "location", "body"),
        left_out(CONFIDENTIAL, "digest", "content") | left_out(YOU, "user"),
    ),
    ExportedKind(
        "admin_log",
        LogEntry,
        "Changes to your account by the people who run the site. If you are one of them, also your own changes.",
        admin_log_of,
        (
            *plain("id", "action_time"),
            shown("by_you", "user", lambda row: row.by_you),
            shown("about_you", "object_id", lambda row: row.about_you),
            shown("action", "action_flag", lambda row: row.get_action_flag_display()),
            shown("kind_of_row", "content_type", lambda row: row.content_type.model if row.content_type else ""),
            # What an operator has changed in another person's account is about that person.
            shown("name", "object_repr", lambda row: row.object_repr if row.about_you else ""),
            shown("change", "change_message", lambda row: row.change_message if row.about_you else ""),
        ),
    ),
)
