"""What a person did to subtitles, and how it outlives a new recognition, a new cut and a second person."""
