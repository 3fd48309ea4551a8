"""Speaking to Strava: the client, its payloads, its errors and the budget of calls. Knows no Django."""
