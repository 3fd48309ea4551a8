"""Strava's API without Django: the client, its payloads, its errors and the application's budget of calls."""
