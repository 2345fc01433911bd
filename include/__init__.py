"""The product: plain Python that runs without Airflow."""
