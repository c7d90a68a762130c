#!/usr/bin/env bash
# The comparison with other programs in one command: builds, makes the data if they are not there, runs every contender
# that is installed (see README.md), prints the table and writes it to results/.
# Usage: bench/run.sh [WORK...], WORK as in peers/scikit_learn.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
dotnet build -c Release Latent.slnx -nologo -v quiet -clp:NoSummary 1>&2
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2
exec dotnet bench/Latent.Bench/bin/Release/net10.0/Latent.Bench.dll compare "$@"
