"""The versions, oldest first. Written by hand; a test compares their sum with the models."""
