"""Where published files go: one contract, and a folder and an S3 bucket that keep it."""
