"""For developers: the face puppet, benchmarks. Nothing imports lab."""
