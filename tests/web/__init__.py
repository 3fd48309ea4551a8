"""Tests of pages and forms over HTTP, with Django's test client."""
