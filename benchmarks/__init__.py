"""How fast Guildhall is, what it costs, and the plain server that it is measured beside."""
