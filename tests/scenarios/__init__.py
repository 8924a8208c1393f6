"""Every rule of money, shown over real HTTP for every pairing."""
