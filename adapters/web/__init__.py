"""What is served over HTTP, whatever platform it belongs to. Knows no platform and no storage."""
