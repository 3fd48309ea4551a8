"""What every outgoing client shares: requests and streamed responses, time limits, retries, connection pools.

Knows neither Django nor any of the services that are called. A client turns the errors of this package into its own.
"""
