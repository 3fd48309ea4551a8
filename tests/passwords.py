"""The password of all accounts of tests. It is not in people.py, because that module needs Django's models."""

PASSWORD = "under-the-clock-tower"
