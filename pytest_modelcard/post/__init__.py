"""Where results go: one comment on GitHub or on the Hub, annotations, the job's summary. The only part that writes."""
