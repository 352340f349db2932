"""Measurements of speed and memory: each prints a table and, last, one JSON line."""
