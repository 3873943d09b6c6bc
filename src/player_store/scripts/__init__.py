"""Lua scripts: one operation a file; its stem is its name in Python."""

from importlib import resources


def script(name: str) -> str:
    """Return the text of the script `<name>.lua`."""
    return resources.files(__package__).joinpath(f"{name}.lua").read_text()
