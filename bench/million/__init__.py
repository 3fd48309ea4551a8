"""The part of `bin/bench feed_of_a_million` that runs with the site's settings."""
