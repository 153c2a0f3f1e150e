"""The public pages: what stands on them, and what they may load."""
