"""Makes the bucket that ARTIFACT_STORE names, unless it exists. Run once by compose."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.exceptions import ClientError


def main() -> None:
    store = urlsplit(os.environ["ARTIFACT_STORE"])
    if store.scheme != "s3":
        return
    endpoint = parse_qs(store.query).get("endpoint", [None])[0]
    client = boto3.client("s3", endpoint_url=endpoint)
    try:
        client.head_bucket(Bucket=store.netloc)
    except ClientError:
        client.create_bucket(Bucket=store.netloc)


if __name__ == "__main__":
    main()
