"""API tokens: secrets with which a person's programs use the API.

A token acts for the person who made it. Its scope is *read*, or *write*, which includes reading. The table holds only a
digest of the secret, so the secret is shown once, when the token is made.
"""
