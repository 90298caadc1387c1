"""What the programs of bench/ share: a place where both sides run, processes that are measured, and figures."""
