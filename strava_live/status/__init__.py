"""How the site is doing: the budget of calls to Strava over time, and the processes that work in the background."""
