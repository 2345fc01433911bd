"""Great Expectations and pandas, loaded: a Celery worker imports this before it forks, and each of its tasks has them.

Every task is a fork of the worker. Without this, each check and each transform imports them anew: 3 s of CPU, 5 s on a
busy machine, more than all else that it does for a thousand orders. It is named by `[celery] extra_celery_config`
(docker-compose.yaml, deploy/helm-values.yaml); code that is not told so works as it did.
"""

from include.checks.suites import preload

preload()
