"""The commands; `src/cli/main.py` lists them and loads the one that is asked for."""
