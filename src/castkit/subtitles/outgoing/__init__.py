"""What a translator is handed: the same cues in the forms that people's programs open."""
