"""Coverage-guided fuzzing of all that reads event files: `make fuzz`."""
