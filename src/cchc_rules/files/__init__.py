"""Files in and out: evidence as TOML, CSV and Excel; scorecards as text and JSON; the clerk's workbook."""
