"""Attacks on a running site, a module for each way in. An attack returns what happened, or raises what was missed."""
