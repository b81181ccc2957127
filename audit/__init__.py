"""What happened? Entries, the Merkle tree over them, signed checkpoints, proofs and bundles."""
