"""Cases of an edition: facts with the points that a person expects, and which outcomes of its rules they reach."""
