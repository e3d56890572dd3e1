"""Endpoints elsewhere: how they are asked, how they are told who asks, and in what they differ."""
