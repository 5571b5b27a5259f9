"""The plugin system: hooks, where plugins are found, what they register, the registry that merges it, sealing."""
