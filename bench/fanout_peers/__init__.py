"""The parts of `bin/bench fanout`: the servers to compare, their publishers and the crowd of clients."""
