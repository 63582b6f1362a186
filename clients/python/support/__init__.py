"""What the suites share: a server, the provider's SDKs under one calling form, and small worlds to test in."""
