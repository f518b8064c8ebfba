"""What may lie over the cloud besides axes and raised points: labels, sequences, contours."""
