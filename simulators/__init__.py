"""Stand-ins for the services the site speaks to, each a process of its own. They import nothing of strava_live."""
