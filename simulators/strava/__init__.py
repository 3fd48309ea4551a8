"""A stand-in for Strava: consent, tokens, activities, limits, webhooks and faults. `python -m simulators.strava -h`."""
