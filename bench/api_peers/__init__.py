"""The peers of `bin/bench api`: other ways to answer the same request, behind the same middleware and sign-in."""
