"""HTTP: how things are asked for. One file a namespace; no rules."""
