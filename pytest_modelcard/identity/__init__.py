"""Who a model says it is when no system prompt tells it: questions, answers, names."""
