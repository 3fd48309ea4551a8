"""Attacks on a running site, grouped by module. An attack returns a summary, or raises if the site failed to resist."""
