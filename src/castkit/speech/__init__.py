"""From recorded tracks to words: who spoke when, and what a Whisper model heard."""
