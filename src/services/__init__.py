"""The use cases: what happens when something is asked for. They know ports, not Redis or HTTP."""
