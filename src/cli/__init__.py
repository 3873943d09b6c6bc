"""`./guildhall ...`: one file a command, all output through one interface."""
