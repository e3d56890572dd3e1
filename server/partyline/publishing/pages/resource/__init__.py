"""The parts of the page of a resource, made from the declarations of a release."""
