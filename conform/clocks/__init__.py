"""How two recordings run against each other: drift, steps, other speeds, wow, and maps of time."""
