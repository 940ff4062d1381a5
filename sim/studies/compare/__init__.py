"""What differs between scenarios, replication by replication."""
