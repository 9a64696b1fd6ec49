"""What agents send, led to the verbs. A hook never fails its agent."""
