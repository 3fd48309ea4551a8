"""Strava's API without Django: the client, its payloads, its errors and the application's budget of calls.

The words of this package:

- The budget counts the calls to Strava of the whole application, all processes together. Strava allows a number of
  calls in each quarter of an hour and on each day (UTC); such a period is a window.
- A lane is the priority of a call. A call for a person who waits may use all of a window. Calls in the background may
  use only a share of it, so that a reserve is left.
- A ledger is the state of the budget: the current two windows, the calls used in each, and the limits.
- A walk yields an athlete's activities one by one, newest first, from as many pages of the API as it takes.
"""
