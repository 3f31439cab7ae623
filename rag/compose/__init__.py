"""Extractive composers: one small module for each kind of answer. They phrase; they never enumerate from memory."""
