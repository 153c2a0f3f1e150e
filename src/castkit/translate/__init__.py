"""From one language or script to another, as far as this machine can."""
