"""The project: settings, addresses and the checks made before it starts."""
