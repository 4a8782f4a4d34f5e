"""The wire format: `messages` is generated, `base` and `arrays` are written by hand."""
