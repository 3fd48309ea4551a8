"""Mute and block a clubmate, which also takes back the notifications that this person has caused."""

from django.db import transaction

from strava_live.muting.choices import block, mute
from strava_live.notifications.forgetting import forget_between


def mute_clubmate(owner_id: int, other_id: int) -> None:
    with transaction.atomic():
        mute(owner_id, other_id)
        forget_between(owner_id, other_id)


def block_clubmate(owner_id: int, other_id: int) -> None:
    with transaction.atomic():
        block(owner_id, other_id)
        forget_between(owner_id, other_id)
