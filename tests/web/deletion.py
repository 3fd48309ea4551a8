"""The form that deletes an account, and a session that is too old to prove whose account it is."""

from django.test import Client

from tests.passwords import PASSWORD

ADDRESS = "/settings/delete-account/"
RIGHT = {"password": PASSWORD, "confirm": "yes"}


def make_sign_in_older(client: Client) -> None:
    """Move the steps of signing in that the session has noted into the past: they prove nothing any more."""
    session = client.session
    for step in session["account_authentication_methods"]:
        step["at"] -= 601
    session.save()
