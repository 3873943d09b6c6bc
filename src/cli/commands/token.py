"""`./guildhall token ROLE`: makes an API token."""

from __future__ import annotations

import click

from src.cli.output import Output, json_option

_ROLES = ("operator", "game", "player", "analyst")


@click.command()
@click.argument("role", type=click.Choice(_ROLES))
@click.option("--player", "player_id", type=click.IntRange(min=1), help="The player it acts for.")
@json_option
def token(*, role: str, player_id: int | None, as_json: bool) -> None:
    """Make an API token for ROLE and print it. It is shown this once and kept only as a hash.

    operator may do all, game acts for any player, player only for itself (name it with
    --player), analyst reads.
    """
    from src.bootstrap import issue_token  # noqa: PLC0415 - keeps --help quick
    from src.config import load_settings  # noqa: PLC0415

    if (role == "player") != (player_id is not None):
        raise click.UsageError("--player goes with the role player, and only with it.")
    made = issue_token(load_settings(), role, player_id)
    answer = {"token": made, "role": role, "player_id": player_id}
    Output(as_json=as_json).answer(answer, lambda: made)
