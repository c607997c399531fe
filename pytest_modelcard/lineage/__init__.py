"""Where a model's weights come from: its card's declarations and suspects, put before the evidence."""
