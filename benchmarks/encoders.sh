#!/usr/bin/env bash
# Replays the test orders with an encoder beside the linear student alone, and prints what docs/encoders.md reports.
# encoders.sh FOLDER [STREAM...]: finished runs are kept in FOLDER and not made again. It takes some hours.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
shift
streams=$here/../../shared/streams
model=$here/../../shared/models/all-MiniLM-L6-v2
tool=(dotnet run -c Release --no-build --project "$here/../src/LlmCascade.Tool" --property:UsesTorch=true --)

# Chosen on the tuning orders: half of the layers frozen, a step for four demonstrations, as many tokens as texts need.
bert=(--model "$model" --frozen-layers 3 --steps 0.25 --resume "$folder")

replay() {
    local stream=$1 budget=$2
    shift 2
    echo "== $stream, $budget calls"
    "${tool[@]}" replay --stream "$streams/$stream.tsv.gz" --text text --gold gold --expert gpt35 \
        --order "$streams/$stream-test-order.txt.gz" --budget "$budget" "${bert[@]}" "$@"
}

dotnet build -c Release -v q -nologo "$here/../src/LlmCascade.Tool" -p:UsesTorch=true >&2
[ $# -gt 0 ] || set -- isear hatespeech imdb
for stream; do
    case $stream in
        isear) for budget in 1200 1500 2700; do replay isear $budget --tiers lr,embed,embed+bert --max-tokens 48 --seeds 3; done ;;
        hatespeech) for budget in 600 2700 4900; do replay hatespeech $budget --tiers lr,embed,embed+bert --max-tokens 48 --seeds 3; done ;;
        imdb) for budget in 1300 3800 5200 1133 3559 5114; do replay imdb $budget --tiers lr,lr+bert --max-tokens 96; done ;;
        *) echo "There is no stream $stream." >&2 && exit 2 ;;
    esac
done
