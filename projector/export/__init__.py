"""What was found, for other programs: pictures, shapes, pages, tables and scripts."""
