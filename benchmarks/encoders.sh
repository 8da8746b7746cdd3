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
        --order "${order:-$streams/$stream-test-order.txt.gz}" --budget "$budget" "${bert[@]}" "$@"
}

# The test order of imdb from the shortest text to the longest.
by_length=$(mktemp --suffix .txt)
trap 'rm -f "$by_length"' EXIT

sort_by_length() {
    LC_ALL=C awk -F '\t' 'NR == FNR { if (FNR > 1) size[FNR - 2] = length($2); next } { print size[$1] "\t" $1 }' \
        <(gzip -dc "$streams/imdb.tsv.gz") <(gzip -dc "$streams/imdb-test-order.txt.gz") | sort -s -n -k 1,1 | cut -f 2 > "$by_length"
}

[ $# -gt 0 ] || set -- isear hatespeech imdb
for stream; do
    [ -f "$streams/$stream-test-order.txt.gz" ] || { echo "There is no stream $stream." >&2 && exit 2; }
done

dotnet build -c Release -v q -nologo "$here/../src/LlmCascade.Tool" -p:UsesTorch=true >&2
for stream; do
    case $stream in
        isear)
            for budget in 960 1200 1500 2700; do replay isear $budget --tiers lr,embed,embed+bert --max-tokens 48 --seeds 3; done
            replay isear 1500 --tiers embed+bert,lr+embed+bert --max-tokens 48 --seeds 3 ;;
        hatespeech)
            for budget in 600 2700 3920 4900; do replay hatespeech $budget --tiers lr,embed,embed+bert --max-tokens 48 --seeds 3; done
            replay hatespeech 600 --tiers embed+bert,lr+embed+bert --max-tokens 48 --seeds 3 ;;
        imdb)
            for budget in 1040 1133 1300 3040 3559 3800 4160 5114 5200; do replay imdb $budget --tiers lr,lr+bert --max-tokens 96; done
            sort_by_length
            order=$by_length replay imdb 1300 --tiers lr,lr+bert --max-tokens 96 ;;
        *) echo "Nothing is chosen for the stream $stream." >&2 && exit 2 ;;
    esac
done
