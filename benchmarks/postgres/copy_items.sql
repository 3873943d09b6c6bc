copy item (item_id, value) from stdin
