"""Tests of the stand-ins over real HTTP, and of the histories they generate."""
