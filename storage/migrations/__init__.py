"""How the schema came about, version by version. Knows the past of the tables, never the models."""
