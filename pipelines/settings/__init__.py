"""What a run is told: where its home is, its settings, the policy, the time."""
