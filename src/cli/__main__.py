"""`python -m src.cli`: what the launcher runs."""

from src.cli.main import run

if __name__ == "__main__":
    run()
