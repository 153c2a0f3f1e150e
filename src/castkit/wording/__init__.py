"""Words of a language as they are read: punctuation, numbers, the agreed terms of a show."""
