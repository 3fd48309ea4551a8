"""Time limits, pauses and sizes. Tests shorten most of them."""

from strava_live.http.retry import Retry
from strava_live.http.transport import Timeouts
from strava_live.leaky_bucket import Rate

STRAVA_TIMEOUTS, STRAVA_RETRY = Timeouts(), Retry()
STRAVA_PAGE_TIMEOUTS = Timeouts(connect=5, read=15, pool=5, total=20)  # while a browser waits
STRAVA_WINDOW_S = 900.0  # the shorter of the two periods for which Strava limits calls
BUCKET_TIMEOUTS, BUCKET_RETRY = Timeouts(), Retry()
BUCKET_PAGE_TIMEOUTS = Timeouts(connect=3, read=8, pool=3, total=11)  # while a browser waits, for two calls at most
PUSH_TIMEOUTS = Timeouts(connect=4, read=8, pool=4, total=10)  # shorter than PUSH_LEASE_S
PUSH_LEASE_S = 20.0  # after this long, another process takes over notifications whose process was killed
PUSH_RETRY_S = 30.0  # the first pause after a push service could not take a notification; it doubles up to an hour
SYNC_RUNS_A_PROCESS = 20  # how many imports from Strava (runs) a process reads at once; others wait, reason `busy`
EVENT_RUNS_A_PROCESS = 200  # how many athletes' events from Strava it handles at once; most of them wait for an answer
SYNC_LEASE_S = 20.0  # after this long, another process takes over a run whose process was killed
SYNC_LOOK_EVERY_S, SYNC_IDLE_LOOK_EVERY_S = 0.5, 2.0  # between reads of the runs; the second while there are none
SYNC_FIRST_PAUSE_S, SYNC_LONGEST_PAUSE_S = 4.0, 900.0  # between tries while Strava is down
SOCKET_RECHECK_S = 180.0  # how often a socket's permissions are read again
SOCKET_LOOK_AGAIN_S = 5.0  # how often a socket of one person reads the tables, for changes whose announcement was lost
SOCKET_REDIAL_S = 12 * 3600.0, 23 * 3600.0  # a socket is closed at a random age in between; daphne's limit is a day
SOCKET_UNSENT_MOST = 3 * 2**20  # bytes buffered for a client that does not read; 500 of the longest posts are 2.5 MB
REQUEST_BODY_MOST = 3 * 2**20  # bytes; more than Django's limit for forms, which answers with a page of the site
REQUEST_ARRIVES_WITHIN_S = 30.0  # from the first byte of a request to its last; then the connection is closed
WEBHOOK_BODY_MOST = 64 * 1024  # bytes; an event of Strava has a few hundred
WEBHOOK_ANSWER_WITHIN_S = 1.5  # then an event that is not stored yet is answered with 503; Strava waits 2 s
REFUSED_LINGERS_S = 5.0  # how long a client may keep sending a refused request before its connection is closed
ANSWER_TAKEN_WITHIN_S = 120.0  # how long a client may take no byte of a long answer before it is cut off
POST_RATE = Rate(60, 300)  # how fast one member may post: 60 at once, then one every 5 s; benchmarks post faster
API_READS_A_MINUTE, API_WRITES_A_MINUTE = 600, 60  # the most requests with one token, or of all sessions of one person
STREAM_COMMENT_S = 15.0  # how often an event stream sends a comment, so that proxies keep its connection open
STREAMS_A_PERSON = 100  # with so many sockets and streams in one process, a person gets no further event stream there
SQLITE_KEPT_S = 10.0  # how long database threads keep a connection to SQLite: a file that was replaced is soon opened
HUB_LOOK_S = 2.0  # how often the hub reads the tables, for entries whose announcement was lost and for ended API tokens
HUB_HOLE_PATIENCE_S = 0.1  # how long the hub waits for an announcement that a later one has overtaken
HUB_ECHO_WITHIN_S = 1.0  # if a hub's ping to itself over Redis takes longer, the hub rechecks all permissions
HUB_DEAF_AFTER_S = 5.0  # if no ping comes back for so long, the hub subscribes again and /readyz answers 503
HUB_STALE_SNAPSHOT_PAUSES_S = 0.05, 0.1, 0.2, 0.4, 0.8  # before a snapshot that is older than the feed is read again
HUB_PULSE_S, HUB_PRESENCE_S = 2.0, 5.0  # watcher counts: how often changes are sent, and how often they are sent anyway
STOP_DRAIN_S, STOP_WITHIN_S = 7.0, 9.5  # after SIGTERM: time for running requests, and for the whole web process
WORKER_STOP_WITHIN_S = 28.0  # after SIGTERM: time for the whole worker; hosts kill a process after 30 s
WORK_INTERVAL_S = 5.0  # how often the background work looks for work for which the bell has not rung
PURGE_INTERVAL_S = 600.0  # how often it looks for rows to delete
SUBSCRIPTION_INTERVAL_S = 3600.0  # how often it asks Strava whether the webhook is subscribed
SAMPLE_INTERVAL_S = 20.0  # how often it looks whether the budget was sampled in this minute
OCCASION_INTERVAL_S = 2.0  # how often the stand-in for Strava is asked which Saturday it simulates
PROCESS_SEEN_EVERY_S = 5.0  # how often a process renews the row that says it runs
JOB_WITHIN_S = 900.0  # after this long a job is cancelled, and begins again after its pause
BUCKET_PAGE_PATIENCE_S = 1.0  # how long /bucket/ waits for the list of Things; then its script asks for them
WRITE_PATIENCE_S = 5.0  # how long a write waits for other writes of its club or athlete before it fails as temporary
# The first pause after Strava did not answer a revocation. It is longer than a call can take, and doubles up to a day.
REVOCATION_RETRY_S = 90.0
REVOCATION_KEPT_S = 600.0  # how long a revoked token's row stays; longer than a sign-in takes after Strava's grant
STRAVA_REVOKE_DAYS = 30  # how long the worker tries
STRAVA_REVOKE_TIMEOUTS = Timeouts(connect=2, read=4, pool=2, total=5)  # while a browser waits; the worker tries again
BUCKET_REVOKE_WITHIN_S = 6.0  # while a browser waits for Bucket to delete and revoke; the worker tries again
BUCKET_REVOKE_DAYS = 30  # how long the worker tries
