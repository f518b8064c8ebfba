"""How far to trust a projection, as numbers and per point."""
