"""What is read out of results: comparison of two years, audit of a published table."""
