"""Checks every pull request of a model on the Hub, with nothing but the Hub: a webhook starts a job, the job comments.

    python hub_job.py org/name

Run it once, logged in with a token that may start jobs (`hf auth login`). HF_TOKEN in the environment is handed to the
job: a fine-grained token that may write discussions of this model, and nothing else. Comments of the job itself start a
job that ends at once: it knows its own.
"""

from __future__ import annotations

import os
import sys

from huggingface_hub import HfApi

INSTALL = "pip install -q 'pytest-modelcard[weights]'"
COMMENT = "python -I -m pytest_modelcard comment --hub-webhook"


def main(model: str) -> None:
    """Start the job that webhooks repeat, then the webhook."""
    api, token = HfApi(), os.environ["HF_TOKEN"]
    job = api.run_job(
        image="python:3.13-slim",
        command=["sh", "-c", f"{INSTALL} && {COMMENT}"],
        env={"WEBHOOK_PAYLOAD": '{"event": {}, "repo": {}}'},  # this first run finds nothing to do
        secrets={"HF_TOKEN": token},
        timeout="20m",
    )
    webhook = api.create_webhook(
        job_id=job.id,
        watched=[{"type": "model", "name": model}],
        domains=["repo", "discussion"],
        secrets={"HF_TOKEN": token},
    )
    print(f"job {job.id}, webhook {webhook.id}: pull requests of {model} are checked from now on")


if __name__ == "__main__":
    main(sys.argv[1])
