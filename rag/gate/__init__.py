"""The gate: no generated sentence passes that its citation does not carry."""
