"""The tests. Folders mirror `strava_live`; helpers are in plain modules beside the tests.

Words that the modules use:

- **site**: the real site in processes of its own, started by a test (live_site.py).
- **stand-in**: a process that answers in place of Strava, Bucket or a push service (simulators).
- **athlete**, **clubmate**, **captain**, **stranger**, **operator**: the people of the tests (people.py).
- **kept**: activities that are stored directly, without an import (web/kept.py).
- **said**: the HTML of an answer on one line (web/reading.py).
- **services**: Redis, Postgres and a browser, which bin/test starts. Tests that need them are marked so.
"""
