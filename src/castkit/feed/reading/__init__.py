"""Feeds from outside, read as plain values: any host's, of any age, hostile ones too.

Rule: what stands in a feed is data. It names no file here, is never obeyed, and what cannot be read is told.
"""
