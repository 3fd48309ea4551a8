"""Read activities from Strava and store them, handle Strava's events, and store what athletes decide.

The words of this package:

- A run (`SyncRun`) is one reading of an athlete's Strava, from its start to its end. It is a row, so it outlives the
  process that executes it. A live run is one that has not ended: it is running, or waiting to go on.
- A run of the kind `history` reads the list of activities: an import, which the athlete has started, or a routine sync,
  which the site has started. A run of the kind `activities` handles Strava's events about the athlete. An athlete has
  at most one live run of each kind.
- A look is one round of calls to Strava about an athlete's events that wait (`event_look.py`).
- A lease is the time for which one process owns a run. The process renews the lease while it executes the run. After a
  crash the lease ends by itself, and another process claims the run.
- A window is the range of days that a run reads. Without a window it reads the whole history.
- A walk (`strava.walk.Walk`) yields the activities of a window one by one, newest first, from as many pages of Strava's
  API as it takes.
- A chunk is a list of activities that are stored together, in one transaction: those that the walk has yielded while
  the last chunk was being stored, or what a look has found.
- A mark is the number of the last change to an activity. The numbers count all changes to one athlete's activities, so
  a browser that knows the highest mark it has received can ask for everything after it.
- A place is how far a run has got: the instant from which on all activities were read, and the numbers of pages read,
  of requests made and of activities skipped.
"""
