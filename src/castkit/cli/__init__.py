"""The command line: one thin file per command, one error boundary in `main.py`."""
