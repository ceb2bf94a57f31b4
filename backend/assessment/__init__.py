"""The health assessment (健康评估): what the record says against published limits.

Owns no collection. Reads profile, readings and entries through the policy; every row has its
inputs, formula, source and what would change it. Numbers are in ``data/assessment.toml``.
"""
