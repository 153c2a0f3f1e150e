"""The feed: what podcast apps read, one for each language of the show, and the identities that never change."""
