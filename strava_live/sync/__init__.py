"""Read an athlete's activities from Strava, store them, and carry out what the athlete decides about them.

The words of this package:

- A run (`SyncRun`) is one reading of an athlete's Strava, from its start to its end. It is a row, so it outlives the
  process that executes it. A live run is one that has not ended: it is running, or waiting to go on.
- An import is a run that reads a window of days, or the whole history. Either an athlete has asked for it, or it is
  a routine sync, which the site starts by itself. The other runs handle Strava's events.
- A lease is the time for which one process owns a run. The process renews the lease while it executes the run. After a
  crash the lease ends by itself, and another process claims the run.
- A window is the range of days that a run reads. Without a window it reads the whole history.
- A walk (`strava.walk.Walk`) yields the activities of a window one by one, newest first, from as many pages of Strava's
  API as it takes.
- A chunk is a list of activities that the walk has yielded and that are stored together, in one transaction.
- A mark is the number of the last change to an activity. The numbers count all changes to one athlete's activities, so
  a browser that knows the highest mark it has received can ask for everything after it.
- A place is how far a run has got: the start of the oldest activity that was read, and the numbers of pages read, of
  requests made and of activities skipped.
"""
