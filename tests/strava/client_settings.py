"""Budgets, time limits and retries for clients in tests."""

from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from strava_live.strava.limits import Meters, Policy, WindowLengths

# Windows that do not end while a test runs.
LONG = WindowLengths(quarter_s=10.0**7, day_s=10.0**7)
ENDLESS = Policy(limits=Meters(10**6, 10**6, 10**6, 10**6), windows=LONG)
BRIEF = Timeouts(connect=2.0, read=2.0, pool=2.0, total=10.0)
AT_ONCE = Retry(attempts=3, first_s=0.01, longest_s=0.02)
