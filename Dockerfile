# The bridge on Airflow's official image: one image for every part of Airflow, for the sandbox and the mail catcher.
#
#     docker build -t bigcommerce-xero-bridge .
#
# It holds no secret: those come as files when it runs (deploy/entrypoint.py).
ARG AIRFLOW_IMAGE=apache/airflow:3.3.2-python3.11
FROM ${AIRFLOW_IMAGE}

# Whoever builds on another image cannot end up as root by accident.
USER airflow

# First what changes seldom. Every package is the one whose hash we tested; pip compiles them to bytecode, without which
# every start takes twice as long (reference airflow.md 0.11).
COPY --chown=airflow:0 requirements.txt /opt/bridge/requirements.txt
COPY --chown=airflow:0 deploy/requirements.txt /opt/bridge/deploy/requirements.txt
RUN pip install --no-cache-dir --require-hashes --requirement /opt/bridge/requirements.txt \
 && pip install --no-cache-dir --require-hashes --no-deps --requirement /opt/bridge/deploy/requirements.txt

COPY --chown=airflow:0 dags /opt/bridge/dags
COPY --chown=airflow:0 plugins /opt/bridge/plugins
COPY --chown=airflow:0 include /opt/bridge/include
COPY --chown=airflow:0 deploy /opt/bridge/deploy

# The project itself, and the folder whose *.dist-info makes our types of Connection known: it must be on the path before
# Python starts (reference airflow.md 1).
ENV PYTHONPATH=/opt/bridge:/opt/bridge/plugins/provider \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/bridge/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/bridge/plugins \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    GX_ANALYTICS_ENABLED=false

RUN python -m compileall -q /opt/bridge/dags /opt/bridge/plugins /opt/bridge/include /opt/bridge/deploy

# dumb-init and /entrypoint are the official image's; ours, between them, turns secret files into settings.
ENTRYPOINT ["/usr/bin/dumb-init", "--", "python", "/opt/bridge/deploy/entrypoint.py", "/entrypoint"]
CMD []
