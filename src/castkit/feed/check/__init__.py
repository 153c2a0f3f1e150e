"""The gate: a feed's bytes held against every rule of Apple, PSP-1 and the podcast namespace that can be known from it.

Rule: pure; nothing is fetched and no clock is asked. What only a store or a server knows, the caller gives as facts.
"""

from castkit.feed.check.checking import check
from castkit.feed.check.facts import Facts, Stored
from castkit.feed.check.finding import Finding, Severity

__all__ = ["Facts", "Finding", "Severity", "Stored", "check"]
