"""Fine-tuning: `python -m earmark_trainer JOB_FOLDER` runs one job; `earmark_trainer.fit` is the loop that plugins share."""
