"""What the person sees: draws state, decides nothing."""
