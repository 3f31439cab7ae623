"""What a message leans on: the talk before it, by name, place, number, role or what was shown."""
