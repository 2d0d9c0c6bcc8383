"""Web Push without a third party's library: RFC 8030, 8188, 8291 and 8292 (decision 0112)."""
