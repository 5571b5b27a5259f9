"""A method lowered to arithmetic on whole numbers: what columns, queries and compiled functions carry out."""
