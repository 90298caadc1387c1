"""The version of BCC's interface that this package offers, and sonde's own."""
__version__ = "0.35.0+sonde"
