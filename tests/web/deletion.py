"""The form that deletes an account."""

from tests.passwords import PASSWORD

ADDRESS = "/settings/delete-account/"
RIGHT = {"password": PASSWORD, "confirm": "yes"}
