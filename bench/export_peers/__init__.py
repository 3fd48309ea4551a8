"""What `bin/bench export` compares the site with: a view that makes the whole zip in memory before it answers."""
