"""The process that runs one training job."""
