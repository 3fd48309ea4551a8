"""Mute or block a person, and undo either. A second call of a function changes nothing."""

from django.utils import timezone

from strava_live.muting.models import Mute


def mute(owner_id: int, other_id: int) -> None:
    """Hide a person's posts, replies and notifications from the owner, where the owner sees the person's name.

    A block stays a block.
    """
    Mute.objects.get_or_create(owner_id=owner_id, other_id=other_id)


def unmute(owner_id: int, other_id: int) -> None:
    """Show a person's posts, replies and notifications again. Do nothing while the person is blocked."""
    Mute.objects.of(owner_id).filter(other=other_id, blocks=False).delete()


def block(owner_id: int, other_id: int) -> None:
    """Mute a person, and refuse messages between the two."""
    Mute.objects.update_or_create(owner_id=owner_id, other_id=other_id, defaults={"blocks": True, "at": timezone.now()})


def unblock(owner_id: int, other_id: int) -> None:
    """Undo a block, with the mute that is part of it. Do nothing for a person who is only muted."""
    Mute.objects.of(owner_id).filter(other=other_id, blocks=True).delete()
