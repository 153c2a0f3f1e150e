"""Runs steps when their inputs changed, and only then; knows nothing of podcasts."""
