#!/usr/bin/env bash
# Online logistic regression on hashed features: scikit-learn beside LlmCascade, on the same texts. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

python=/usr/bin/python3
bits=18
rounds=3
ours=(dotnet run -c Release --no-build --project ../LlmCascade.Benchmarks --)
streams=../../../shared/streams

if ! "$python" -c 'import sklearn' 2> /dev/null; then
    echo "scikit-learn is missing: apt-get install -y python3-sklearn" >&2
    exit 2
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/texts"

dotnet build -c Release -v q -nologo ../LlmCascade.Benchmarks >&2
"${ours[@]}" --generated-texts "$folder/texts"
if [ -f "$streams/isear.tsv.gz" ]; then
    # The labels and texts of the half that settings are chosen on, in its order.
    awk -F '\t' 'NR == FNR { if (FNR > 1) row[FNR - 2] = $3 "\t" $2; next } { print row[$1] }' \
        <(gzip -dc "$streams/isear.tsv.gz") <(gzip -dc "$streams/isear-tuning-order.txt.gz") > "$folder/texts/isear"
fi

# By turns, so that a busy machine is busy for both.
for round in $(seq "$rounds"); do
    echo "round $round of $rounds" >&2
    "$python" linear_learner.py "$bits" "$folder"/texts/* | sed 's/^/scikit-learn /' >> "$folder/results"
    "${ours[@]}" --linear-learner "$bits" "$folder"/texts/* | sed 's/^/LlmCascade /' >> "$folder/results"
done

"$python" - "$folder/results" <<'END'
import sys

best = {}
for line in open(sys.argv[1], encoding="utf-8"):
    learner, stream, way, speed, accuracy, features = line.split()
    key = stream, learner, way
    best[key] = max(best.get(key, (0, 0, 0)), (float(speed), accuracy, features))

print(f"{'texts':<14}{'learner':<14}{'way':<10}{'items/s':>10}{'accuracy':>10}{'features':>10}")
for (stream, learner, way), (speed, accuracy, features) in sorted(best.items()):
    print(f"{stream:<14}{learner:<14}{way:<10}{speed:>10.0f}{accuracy:>10}{features:>10}")

ratio = {
    way: min(best[stream, "LlmCascade", "single"][0] / speed
             for (stream, learner, other), (speed, _, _) in best.items() if learner == "scikit-learn" and other == way)
    for way in ("single", "batches")}
print(f"linear-learner: ratio {ratio['single']:.1f} to single, {ratio['batches']:.1f} to batches")
END
