"""The parts of `bin/bench faults`: faults in a running site, its users, and what they see."""
