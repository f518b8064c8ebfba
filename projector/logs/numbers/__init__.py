"""Numbers given as bits, in every element type a tensor may have."""
