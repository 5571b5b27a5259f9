"""A year as the annex of its decision: the table with the generated wording beside the decision's own sentences."""
