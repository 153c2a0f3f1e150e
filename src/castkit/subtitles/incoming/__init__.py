"""What comes back from a translator: any subtitle file that people send, read whole or refused by name."""
