"""Stand-ins for external services. Each runs as a separate process and imports nothing of strava_live."""
