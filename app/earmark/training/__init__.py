"""Fine-tuning, as far as it needs no torch: jobs and their folders, splits, what is wrong with a data set, reports."""
