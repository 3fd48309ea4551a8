"""Idempotency keys: a form that is submitted twice acts once, and gets the same answer twice.

A browser repeats a form if its answer was lost. A random key in a hidden field distinguishes a repetition from a new
form. Requests of the API have their key in a header (api/once.py).
"""
