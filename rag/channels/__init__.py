"""Ways in and out. Channels translate; they hold no answers of their own and never import one another."""
