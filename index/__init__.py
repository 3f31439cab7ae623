"""Offline half: documents in, index artefacts out."""
