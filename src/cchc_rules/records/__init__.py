"""Records into facts: what a register says of each unit, counted as the tables of a method declare it, on any kind of frame."""
