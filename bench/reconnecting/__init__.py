"""The parts of `bin/bench reconnect`."""
