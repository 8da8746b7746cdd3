"""The scikit-learn half of linear-learner.sh.

linear_learner.py BITS FILE...

Each file has one item a line, a label and a text, with a TAB between. Prints for each file and way of learning: the
file's name, the way, items in a second of processor time, the share of items that were right before they were learned,
features of a text.
"""

import os
import sys
import time

import sklearn
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

# Looking for infinities in each row costs time and finds none.
sklearn.set_config(assume_finite=True)


def features(bits):
    """One hashed space for words, pairs of words, and pieces of words."""
    words = HashingVectorizer(ngram_range=(1, 2)).build_analyzer()
    pieces = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()
    return HashingVectorizer(
        analyzer=lambda text: words(text) + pieces(text), n_features=1 << bits, binary=True, alternate_sign=False)


def learn(bits, labels, texts, batch):
    """Predicts each batch, then learns it."""
    vectorizer = features(bits)
    model = SGDClassifier(loss="log_loss", random_state=0)
    classes = sorted(set(labels))
    right = stored = 0
    start = time.process_time()
    for first in range(0, len(texts), batch):
        rows = vectorizer.transform(texts[first:first + batch])
        truth = labels[first:first + batch]
        if first > 0:
            best = model.predict_proba(rows).argmax(axis=1)
            right += sum(classes[place] == label for place, label in zip(best, truth))
        model.partial_fit(rows, truth, classes=classes)
        stored += rows.nnz
    seconds = time.process_time() - start
    return len(texts) / seconds, right / len(texts), stored / len(texts)


def main():
    bits = int(sys.argv[1])
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8", newline="\n") as lines:
            labels, texts = zip(*(line.rstrip("\n").split("\t", 1) for line in lines))
        for way, batch in (("single", 1), ("batches", 32)):
            speed, accuracy, count = learn(bits, labels, texts, batch)
            print(os.path.basename(path), way, f"{speed:.1f} {accuracy:.4f} {count:.1f}", flush=True)


if __name__ == "__main__":
    main()
