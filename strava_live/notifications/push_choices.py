"""What a person has chosen about notifications on their devices."""

from strava_live.accounts.models import User
from strava_live.notifications.push_models import NotificationChoices


def choices_of(user: User) -> NotificationChoices:
    """Return what a person has chosen, or the defaults, which are not stored."""
    try:
        choices: NotificationChoices = user.notification_choices
    except NotificationChoices.DoesNotExist:
        return NotificationChoices(user=user)
    return choices


def save_choices(choices: NotificationChoices) -> None:
    """Store what a person has chosen. The choice applies to everything that has not been sent yet."""
    values = {
        field.attname: getattr(choices, field.attname)
        for field in NotificationChoices._meta.concrete_fields
        if field.name not in ("id", "user")
    }
    NotificationChoices.objects.update_or_create(user_id=choices.user_id, defaults=values)
