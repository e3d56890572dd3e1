"""Descriptions of resources, of the dataset and of the service as graphs."""
