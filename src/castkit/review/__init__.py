"""The review page: a language's subtitles beside their sound, in a browser on this machine."""
