"""One module for each row of the table in `pipeline.py`; each says what it reads, writes, depends on and does."""
