"""What the tables hold of a chaos run, one statement a file; sqlfluff checks them."""
