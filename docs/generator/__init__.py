"""Makes the pages of forms, policies and keys from the case files, the code, and what is written by hand."""
