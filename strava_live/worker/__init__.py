"""The background work of a process: sync runs, and regular jobs such as revocations, routine syncs and deleting.

`manage.py worker` does all of it. Web processes do a part of it, or all with WORK_IN_WEB (`background.py`). Any number
of processes may work at the same time.
"""

from strava_live.worker.background import run_background_work

__all__ = ["run_background_work"]
