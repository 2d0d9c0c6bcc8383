"""The pages of cameras for operators and heads. Views ask querysets and call services, nothing else."""
