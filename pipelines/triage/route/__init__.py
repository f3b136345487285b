"""AI, human or nobody: rules before numbers, the share of people, and what their queues mix."""
