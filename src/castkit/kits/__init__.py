"""Kits to hand an episode over to platforms that take no feed: their rules, texts, checks and checklists.

Rule: pure. What a platform takes stands in `rules/`, dated, with how certain each figure is; no account is touched.
"""
