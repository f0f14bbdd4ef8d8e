"""Digests: composing what is told, rendering it, knowing when it is due, and delivering it."""
