"""How the pipeline is driven by any number of processes on one PostgreSQL database."""
