"""SageMaker's control plane: training jobs, models, endpoint configurations, endpoints, tags."""
