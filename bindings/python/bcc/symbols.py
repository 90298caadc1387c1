"""Addresses to names, and names to addresses: SymbolCache(pid)."""
from ._core import SymbolCache, sym

__all__ = ["SymbolCache", "sym"]
