copy player (
    player_id, version, username, player_class, guild, gold, max_capacity, used_capacity
) from stdin
