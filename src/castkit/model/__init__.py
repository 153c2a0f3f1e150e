"""Frozen values without any input or output: what castkit talks about."""
