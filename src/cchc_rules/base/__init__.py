"""What everything stands on: words in two languages, errors, exact numbers, strict reading, safe writing."""
