"""The page on which a translator without castkit sees the cues beside the sound."""
