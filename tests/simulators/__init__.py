"""The stand-ins over real HTTP, and the histories they make."""
