"""The REST API under /api/v1/, for programs: one thin module for each resource.

A module reads the request, calls the same functions as pages and sockets do, and returns encoded JSON. This package
has no rules of its own about access: a club's entries are those that its members see, and everything else is the
caller's own.

- The caller is the person who calls, by a token or a session (caller.py).
- An answer is JSON, also for every error (errors.py, json_only.py).
- A list is a page of items with the addresses of the next and previous page (paging.py).
"""
