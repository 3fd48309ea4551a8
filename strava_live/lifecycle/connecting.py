"""Connecting Strava to an account that is there already: its keys are kept, and the name that it may bring is shown."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.accounts.strava_signin.adapter import keep, name_after_strava
from strava_live.feed.members import keep_profile
from strava_live.feed.turns import in_turn
from strava_live.sync.models import SyncRun


@receiver(social_account_added)
def keep_added(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """allauth tells of it by this signal alone. An older link, kept as a way in, goes."""
    user, strava_id = sociallogin.user, sociallogin.strava_grant.athlete.strava_id
    with in_turn(user.pk) as turn:
        if name_after_strava(sociallogin, user):
            keep_profile(user, "display_name")
        older = SocialAccount.objects.filter(user=user, provider="strava")
        older.exclude(uid=sociallogin.account.uid).delete()
        keep(sociallogin, user)
        if turn.history_known and not SyncRun.objects.of(user.pk).whole(strava_id).exists():
            turn.history_known = False  # another account at Strava has a history of its own
            turn.save(update_fields=["history_known"])
