"""Benchmarks: `bin/bench NAME` runs the module NAME, which compares with a goal or a peer and exits with 1 on a miss.

Words that the modules use:

- **stand-in**: a process that answers like Strava (simulators/strava).
- **site**: our web process or processes, started for the benchmark (tests/live_site.py).
- **run**: one import of an athlete's activities from Strava, a row that one process leases at a time.
- **entry**: one thing in a club's feed. **seq**: the number of the latest change of an entry; a club's
  changes are numbered without gaps.
- **hello**: the first message on a socket; after a reconnection it has the missed entries.
- **peer**: another server that ours is compared with.
"""
