"""The version of the engine, as every result carries it."""

VERSION = "0.1.0"
