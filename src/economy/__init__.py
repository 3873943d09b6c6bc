"""Questions about the economy: their SQL, the engines that answer them, and the report."""
