"""The video-cast: what goes into its MP4, and how loud its sound must be."""
