"""What `bin/bench reconnect` is made of."""
