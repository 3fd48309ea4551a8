"""Connecting Strava to an account that is there already: its keys are kept, and the name that it may bring is shown."""

from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.signals import social_account_added
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.accounts.strava_signin.adapter import keep, name_after_strava
from strava_live.feed.members import keep_profile


@receiver(social_account_added)
def keep_added(request: HttpRequest, sociallogin: SocialLogin, **_: Any) -> None:
    """allauth tells of it by this signal alone. An older link, kept as a way in, goes."""
    with transaction.atomic():
        if name_after_strava(sociallogin, sociallogin.user):
            keep_profile(sociallogin.user, "display_name")
        older = SocialAccount.objects.filter(user=sociallogin.user, provider="strava")
        older.exclude(uid=sociallogin.account.uid).delete()
        keep(sociallogin, sociallogin.user)
