"""Duties read out of a plan: the responsibility bracket, tasks in the body, deadlines."""
