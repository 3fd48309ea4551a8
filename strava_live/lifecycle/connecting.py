"""Update an account when Strava is connected: the account's tokens, name and counts of parkruns.

An athlete's parkruns get no numbers ("50th") until all their activities have been read (`AthleteState.history_known`).
"""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import pre_social_login, social_account_added
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_signin.adapter import name_after_strava, store_grant
from strava_live.activities.models import AthleteState
from strava_live.feed.parkrun_entries import athlete_lock
from strava_live.membership.names import save_profile
from strava_live.sync.models import SyncRun


@receiver(social_account_added)
def connect_existing_account(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """Connect the signed-in account to a Strava athlete. Delete its links to other athletes.

    Those athletes can then no longer sign in to this account with Strava.
    """
    user = sociallogin.user
    with athlete_lock(user.pk) as state:
        if name_after_strava(sociallogin, user):
            save_profile(user, "display_name")
        older = SocialAccount.objects.filter(user=user, provider="strava")
        older.exclude(uid=sociallogin.account.uid).delete()
        store_grant(sociallogin, user)
        note_unread_history(user, state)


@receiver(pre_social_login)
def note_new_permissions(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """Call `note_unread_history` when a connected account signs in: its new tokens may have more permissions."""
    if sociallogin.is_existing and StravaConnection.objects.filter(user=sociallogin.user).exists():
        with athlete_lock(sociallogin.user.pk) as state:
            note_unread_history(sociallogin.user, state)


def note_unread_history(user: User, state: AthleteState) -> None:
    """Mark the athlete's counts as unknown if their history may be read but has never been read completely."""
    connection = StravaConnection.objects.get(user=user)
    if not state.history_known or not connection.may_read_activities:
        return
    if not SyncRun.objects.of(user.pk).whole_history(connection.strava_id).exists():
        state.history_known = False
        state.save(update_fields=["history_known"])
