"""The engines that are measured: a key each, and where its adapter stands."""

ENGINES = {
    "cchc-quick": "cchc_units:EachQuick",
    "cchc-unit": "cchc_units:EachUnit",
    "cchc-explained": "cchc_units:EachExplained",
    "zen": "zen_rules:Zen",
    "zen-trace": "zen_rules:ZenWithTrace",
    "business-rules": "business_rules:BusinessRules",
    "json-logic": "json_logic:JsonLogic",
    "rule-engine": "rule_engine:RuleEngine",
    "openfisca-json": "openfisca:FromJson",
    "cchc-polars": "cchc_frames:OnPolars",
    "cchc-polars-lazy": "cchc_frames:OnLazyPolars",
    "cchc-pandas": "cchc_frames:OnPandas",
    "cchc-duckdb": "cchc_frames:OnDuckDB",
    "openfisca": "openfisca:FromArrays",
    "hand-numpy": "by_hand_numpy:NumPy",
    "hand-polars": "by_hand_polars:Polars",
    "hand-duckdb": "by_hand_duckdb:DuckDB",
}
"""In the order of the tables: what takes one unit at a time, then what takes columns."""
