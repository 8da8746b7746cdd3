#!/usr/bin/env bash
# Exact retrieval among 100,000 vectors: FAISS beside LlmCascade, on the same files. See README.md.
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# FAISS needs Debian's own interpreter.
python=/usr/bin/python3
faiss=../../../shared/tools/peers/faiss_flat.py
rounds=3
ours=(dotnet run -c Release --no-build --project ../LlmCascade.Benchmarks --)

if [ ! -f "$faiss" ]; then
    echo "FAISS is missing: $faiss is not there." >&2
    exit 2
fi

if ! "$python" -c 'import numpy, packaging' 2> /dev/null; then
    echo "NumPy is missing: apt-get install -y python3-numpy python3-packaging" >&2
    exit 2
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet build -c Release -v q -nologo ../LlmCascade.Benchmarks >&2
"${ours[@]}" --vectors "$folder"

# By turns, so that a busy machine is busy for both.
for round in $(seq "$rounds"); do
    for name in random loose twenty one; do
        echo "round $round of $rounds: $name" >&2
        files=(--vectors "$folder/$name.vectors" --queries "$folder/$name.queries" --dim 384)
        "$python" "$faiss" "${files[@]}" > "$folder/$name.flat.$round"
        "$python" "$faiss" "${files[@]}" --index sq8 > "$folder/$name.sq8.$round"
        "${ours[@]}" --retrieval "$folder/$name.vectors" "$folder/$name.queries" > "$folder/$name.ours.$round"
    done
done

"$python" - "$folder" "$rounds" <<'END'
import json
import sys

folder, rounds = sys.argv[1], int(sys.argv[2])


def read(name, side):
    return [json.load(open(f"{folder}/{name}.{side}.{round}", encoding="utf-8")) for round in range(1, rounds + 1)]


def time(results):
    return min(result["medianMs"] for result in results)


ratios = {}
print(f"{'vectors':<10}{'ours':>9}{'flat':>9}{'sq8':>9}   medians in milliseconds, the best of {rounds} rounds")
for name in ("random", "loose", "twenty", "one"):
    ours, flat, sq8 = (read(name, side) for side in ("ours", "flat", "sq8"))
    for query, (mine, theirs) in enumerate(zip(zip(ours[0]["ids"], ours[0]["scores"]), zip(flat[0]["ids"], flat[0]["scores"]))):
        for my_id, my_score, their_id, their_score in zip(*mine, *theirs):
            if my_id != their_id and abs(my_score - their_score) > 1e-6:
                sys.exit(f"{name}, query {query}: {my_id} with {my_score} here, and {their_id} with {their_score} by FAISS")

    ratios[name] = time(flat) / time(ours), time(sq8) / time(ours)
    print(f"{name:<10}{time(ours):>9.2f}{time(flat):>9.2f}{time(sq8):>9.2f}")

last = read("random", "ours")[-1]
print(f"bytes a dimension: {last['bytesPerDimension']:.2f}, vectors added a second: {last['addedPerSecond']:.0f}")
print(
    f"retrieval: ratio {ratios['random'][0]:.1f} to flat, {ratios['random'][1]:.1f} to sq8, "
    f"{ratios['twenty'][0]:.1f} to flat on 20 clusters, {ratios['one'][0]:.1f} to flat on one")
END
