"""Connecting Strava: keep the keys and the name that comes with them, and note whether the history has to be read."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import pre_social_login, social_account_added
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.accounts.models import StravaConnection, User
from strava_live.accounts.strava_signin.adapter import name_after_strava, store_grant
from strava_live.activities.models import AthleteState
from strava_live.feed.athlete_lock import athlete_lock
from strava_live.feed.members import keep_profile
from strava_live.sync.models import SyncRun


@receiver(social_account_added)
def keep_added(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """Connect an account that exists already. An older link, kept as a way to sign in, is removed."""
    user = sociallogin.user
    with athlete_lock(user.pk) as state:
        if name_after_strava(sociallogin, user):
            keep_profile(user, "display_name")
        older = SocialAccount.objects.filter(user=user, provider="strava")
        older.exclude(uid=sociallogin.account.uid).delete()
        store_grant(sociallogin, user)
        note_unread_history(user, state)


@receiver(pre_social_login)
def connected_again(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """Handle an account whose link to Strava exists: the adapter has kept the new keys, perhaps with more allowed."""
    if sociallogin.is_existing and StravaConnection.objects.filter(user=sociallogin.user).exists():
        with athlete_lock(sociallogin.user.pk) as state:
            note_unread_history(sociallogin.user, state)


def note_unread_history(user: User, state: AthleteState) -> None:
    """Claim no count until a Strava account's history has been read, if this site is allowed to read it at all."""
    connection = StravaConnection.objects.get(user=user)
    if not state.history_known or not connection.may_read_activities:
        return
    if not SyncRun.objects.of(user.pk).whole(connection.strava_id).exists():
        state.history_known = False
        state.save(update_fields=["history_known"])
