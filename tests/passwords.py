"""The cast's password; apart from people.py, which needs the site's models."""

PASSWORD = "under-the-clock-tower"
