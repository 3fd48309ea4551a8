"""The faults and endpoints of the stand-in for Strava."""

from simulators.faults import SHARED_KINDS

KINDS = (
    "unauthorized",  # 401, as for an expired token
    "inactive",  # 403 Application / Status / Inactive
    "not_found",  # 404
    "rate_limited",  # 429, whatever the usage is
    "server_error",  # `status`, by default 500
    "html",  # `status`, by default 502, with an HTML page of a proxy
    "empty",  # `status`, by default 404, without a body
    *SHARED_KINDS,
)
OAUTH_ENDPOINTS = ("authorize", "exchange", "refresh", "revoke", "deauthorize")
API_ENDPOINTS = ("athlete", "activities", "activity", "streams", "push_subscriptions", "clubs")
ENDPOINTS = (*OAUTH_ENDPOINTS, *API_ENDPOINTS)
