"""The faults and endpoints of the stand-in for Bucket."""

from simulators.faults import SHARED_KINDS

KINDS = (
    "not_active",  # 403, as for an expired token
    "not_allowed",  # 403, as for a Thing of another person
    "invalid_grant",  # 400 of an OAuth endpoint
    "rate_limited",  # 429, also below the limit
    "server_error",  # `status`, by default 500
    "html",  # `status`, by default 502, with an HTML page of a proxy
    "empty",  # `status`, by default 500, without a body
    "swallow",  # answers a write with 200, and does not store its last `items` rows, or any if `items` is 0
    *SHARED_KINDS,
)
OAUTH_ENDPOINTS = ("authorize", "exchange", "refresh", "revoke", "introspect", "userinfo")
API_ENDPOINTS = (
    "health",
    "list_things",
    "create_thing",
    "count_things",
    "read_thing",
    "change_thing",
    "set_key",
    "delete_thing",
    "list_properties",
    "create_property",
    "read_property",
    "write_values",
    "change_property",
    "delete_property",
    "delete_timestamps",
    "count_values",
    "last_values",
    "list_shared",
    "list_types",
    "save_type",
    "delete_type",
    "unknown",
)
ENDPOINTS = (*OAUTH_ENDPOINTS, *API_ENDPOINTS)
