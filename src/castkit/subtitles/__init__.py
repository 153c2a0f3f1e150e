"""Cues from words, checked against a language's limits, and the files they are kept in."""
