"""A test client for a person who is signed in."""

from django.test import Client

from strava_live.accounts.models import User


def as_(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client
