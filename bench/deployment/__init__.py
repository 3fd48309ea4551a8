"""The parts of `bin/bench deploy`: nginx in front of the web processes, and the people who use the site."""
