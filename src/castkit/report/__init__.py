"""The report on an episode: one page with pictures of its sound before and after, for the people who made it."""
