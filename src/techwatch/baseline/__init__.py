"""The baseline: what is known before the first item arrives, read from YAML that analysts edit."""
