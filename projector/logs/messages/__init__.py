"""Protobuf messages of event files, in a private package; README.md says how they are made."""
