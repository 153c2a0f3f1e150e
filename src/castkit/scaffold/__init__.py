"""What a new show and a new episode consist of: files that publish as they stand and explain themselves.

Rule: nothing a person already has is overwritten, and nothing half-made is left behind.
"""
