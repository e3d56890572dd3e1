"""The JSON interface: kinds, objects and answers in plain JSON, and their OpenAPI description."""
