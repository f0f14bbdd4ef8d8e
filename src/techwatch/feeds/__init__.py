"""Feeds: what to poll, bringing it, reading it, and when to come back."""
