"""Attacks on a running site. Each is a function that returns a summary, or raises if the site did not resist."""
