copy holding (player_id, item_id, quantity) from stdin
