"""Content types of training channels, requests and responses."""
