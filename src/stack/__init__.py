"""The running stack: its processes, how they start, stop and are watched."""
