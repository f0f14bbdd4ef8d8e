"""`python -m techwatch` is the `techwatch` command."""

from techwatch.cli import main

if __name__ == "__main__":
    main()
