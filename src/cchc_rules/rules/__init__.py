"""One rule, many readings: the tree, the forms that lower to it, and what can be read from it."""
