"""How rows become request bodies, and answers become rows."""
