"""The classic API, one module for each family of resources."""
