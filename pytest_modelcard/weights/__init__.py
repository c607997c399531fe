"""Weights as stored: what a checkpoint's files say about its tensors. Needs neither pytest nor the Hub."""

from .header import Header, Tensor, read_header

__all__ = ["Header", "Tensor", "read_header"]
