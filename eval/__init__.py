"""Evaluation: gold questions, measures, the report, the bench.

Stays in the checkout. Write ``from eval.x import y``: ``import eval.x`` would shadow the builtin.
"""
