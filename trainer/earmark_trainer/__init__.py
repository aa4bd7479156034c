"""Fine-tuning: `python -m earmark_trainer JOB_FOLDER` runs one job; plugins share the loop, `earmark_trainer.fit`."""
