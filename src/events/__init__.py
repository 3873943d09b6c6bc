"""The two events, defined once. Every other form of them is derived from here."""
