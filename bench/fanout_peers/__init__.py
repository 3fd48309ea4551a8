"""The parts of `bin/bench fanout`: the servers that are compared, who publishes to them and the crowd that listens."""
