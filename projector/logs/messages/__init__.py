"""Protobuf messages of event files, in a private package; README.md beside this file says how the modules are made."""
