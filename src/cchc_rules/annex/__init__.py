"""A decision's annex, in Word or Excel, as rows, as a tree, and as rules: read, never guessed."""
