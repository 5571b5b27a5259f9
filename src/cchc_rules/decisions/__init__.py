"""What decisions issue: editions and methods read from tables, amended, checked, bound together, sealed."""
