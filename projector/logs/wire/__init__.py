"""The wire format below messages: varints, fields, checksums, single numbers."""
