#!/bin/sh
# Starts SeaweedFS with one S3 account, taken from the environment.
set -eu
umask 077
cat >/tmp/s3.json <<JSON
{"identities": [{"name": "imprimatur",
  "credentials": [{"accessKey": "$AWS_ACCESS_KEY_ID", "secretKey": "$AWS_SECRET_ACCESS_KEY"}],
  "actions": ["Read", "Write", "List", "Tagging", "Admin"]}]}
JSON
exec weed server -dir=/data -ip.bind=0.0.0.0 -s3 -s3.config=/tmp/s3.json -master.volumeSizeLimitMB=1024
