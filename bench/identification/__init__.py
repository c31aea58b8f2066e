"""How well, and how fast, strangers are recognised: a labelled set of people who changed their address, and a large register."""
