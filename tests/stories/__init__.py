"""A job hunt in chat form. Each story is written once and told on every platform and database."""
