"""Lists of one organisation's duties: whole, narrowed, less something, counted, side by side."""
