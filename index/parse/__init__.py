"""Parsers: the text of a document becomes clauses, one module a document family."""
