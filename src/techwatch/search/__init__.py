"""Finding items again: what a text's words are, and what a query asks for. Pure."""
