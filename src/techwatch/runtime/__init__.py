"""How the pipeline is driven: by one process."""
