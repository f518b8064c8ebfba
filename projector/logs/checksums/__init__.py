"""The checksum of records: CRC-32C, rotated and shifted."""
