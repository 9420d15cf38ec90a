"""Foundations without chemistry: units, texts, files, and the values that results are made of."""
