"""What one record says: values, graphs, restarts."""
