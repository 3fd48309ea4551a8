"""Parts of the benchmarks of Strava's events: sites, clubs and steps on the way from an event to a wall screen."""
