"""Trials on small trained models; they need torch, transformers, mergekit and peft, and minutes."""
