"""Answers over the plan as a whole: its parts, its dates, who its brackets name, which items say or lack something."""
