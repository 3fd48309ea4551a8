"""How many days the site keeps data that it needs only for a while. /privacy/ tells visitors these times."""

from site_config import environment

RETENTION_FOUND_DAYS = environment.whole_number(
    "RETENTION_FOUND_DAYS",
    default=7,
    least=1,
    most=7,
    because="Strava's API policy lets a site keep data for seven days that its owner has not chosen to keep.",
)
RETENTION_EVENTS_DAYS = environment.whole_number("RETENTION_EVENTS_DAYS", default=30, least=1, most=365)
RETENTION_RUNS_DAYS = environment.whole_number("RETENTION_RUNS_DAYS", default=90, least=7, most=3650)
RETENTION_REVOKED_DAYS = environment.whole_number(
    "RETENTION_REVOKED_DAYS",
    default=0,
    least=0,
    most=30,
    because="Strava's API policy allows 30 days at most for the data of athletes who have revoked the access.",
)
