"""What all clients of other services share: requests, streamed responses, time limits, retries, connection pools.

This package knows neither Django nor any of the services. A client, such as `strava.client`, turns the errors of
this package into its own.
"""
