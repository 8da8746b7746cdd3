#!/usr/bin/env bash
# One step of fine-tuning a small BERT: PyTorch in Python beside LlmCascade. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

python=/usr/bin/python3
rounds=2
ours=(dotnet run -c Release --no-build --project ../LlmCascade.Benchmarks --)

if ! "$python" -c 'import torch' 2> /dev/null; then
    echo "PyTorch is missing: apt-get install -y python3-torch" >&2
    exit 2
fi

dotnet build -c Release -v q -nologo ../LlmCascade.Benchmarks >&2

# By turns, so that a busy machine is busy for both.
for round in $(seq "$rounds"); do
    echo "PyTorch $("$python" -c 'import torch; print(torch.__version__)'): $("$python" fine_tuning.py 10) ms"
    echo "LlmCascade: $("${ours[@]}" --by-turns fine-tuning)"
done
