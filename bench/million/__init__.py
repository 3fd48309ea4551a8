"""The part of `bin/bench feed_of_a_million` that runs in a process with the site's settings."""
