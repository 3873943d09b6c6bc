"""Players in Redis: keys, the scripts that change them, and the store behind the port."""
