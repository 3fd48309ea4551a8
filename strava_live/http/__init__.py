"""What all clients of other services share: requests, streamed responses, time limits, retries, connection pools.

This room knows neither Django nor any of the services. A client, such as `strava.client`, turns the errors of this room
into its own.
"""
