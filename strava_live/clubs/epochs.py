"""Epochs: which history of a club's table its numbers belong to."""

from strava_live.clubs.models import Club, new_epoch


def begin_new_epochs() -> int:
    """Give every club a new epoch, and return how many there are.

    One club at a time, because a transaction that locks several must lock them in the order of their ids."""
    clubs = Club.objects.order_by("pk").values_list("pk", flat=True)
    return sum(Club.objects.filter(pk=pk).update(epoch=new_epoch()) for pk in clubs)
