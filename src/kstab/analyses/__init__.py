"""Analyses: each turns a request and a phase table into a frozen result."""
