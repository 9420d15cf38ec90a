"""The electrochemical stability window of a phase."""
