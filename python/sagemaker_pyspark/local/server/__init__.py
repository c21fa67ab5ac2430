"""The server process of the embedded service: one ASGI application for S3, STS, SageMaker and its runtime."""
