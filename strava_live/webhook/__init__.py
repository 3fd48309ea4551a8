"""Events that Strava sends to our webhook, and our subscription to them.

- An event says that an athlete has added, changed or deleted an activity, or has revoked our access. It only says so:
  what has really happened is read from Strava afterwards (`sync/event_task.py`).
- The webhook is the address of this site to which Strava sends its events. The subscription is Strava's record of this
  address.
"""
