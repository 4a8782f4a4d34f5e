"""The PyTorch side of CoSo: policy, value head, SCM, losses, served over ZeroMQ."""
