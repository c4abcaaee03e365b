"""Template tags of reception."""
