"""What the benchmarks share: the brokers they start, what the system tells of a process, and a client of a few requests."""
