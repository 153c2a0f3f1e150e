"""Toolbox for sound: listening, mastering, intro and outro, cover, chapters and tags of the finished file."""
