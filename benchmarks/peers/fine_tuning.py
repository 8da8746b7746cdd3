"""The PyTorch half of fine-tuning.sh.

fine_tuning.py STEPS

A BERT encoder of six layers of 384 numbers learns eight texts of 64 tokens, again and again: no dropout, embeddings
frozen, gradients clipped, AdamW. Prints the mean of the steps in milliseconds.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional

HIDDEN, LAYERS, HEADS, INNER, WORDS = 384, 6, 12, 1536, 30522
TEXTS, TOKENS, WARM_UPS = 8, 64, 5


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.mixed = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.inner, self.outer = nn.Linear(HIDDEN, INNER), nn.Linear(INNER, HIDDEN)
        self.first, self.second = nn.LayerNorm(HIDDEN, 1e-12), nn.LayerNorm(HIDDEN, 1e-12)

    def forward(self, states, mask):
        def heads(part):
            return part(states).view(TEXTS, TOKENS, HEADS, HIDDEN // HEADS).transpose(1, 2)

        scores = heads(self.query) @ heads(self.key).transpose(-2, -1) / (HIDDEN // HEADS) ** 0.5 + mask
        mixed = (functional.softmax(scores, -1) @ heads(self.value)).transpose(1, 2).reshape(TEXTS, TOKENS, HIDDEN)
        states = self.first(self.mixed(mixed) + states)
        return self.second(self.outer(functional.gelu(self.inner(states))) + states)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.norm = nn.Embedding(WORDS, HIDDEN), nn.Embedding(512, HIDDEN), nn.LayerNorm(HIDDEN, 1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(HIDDEN, 2)
        for part in (self.words, self.positions, self.norm):
            part.requires_grad_(False)

    def forward(self, tokens, mask):
        states = self.norm(self.words(tokens) + self.positions.weight[:TOKENS])
        for layer in self.layers:
            states = layer(states, mask)
        return self.head(states.mean(1))


def main():
    torch.manual_seed(1)
    encoder = Encoder()
    learned = [weight for weight in encoder.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=1e-4)
    tokens = torch.randint(1, 30000, (1, TOKENS)).expand(TEXTS, TOKENS)
    mask = torch.zeros(TEXTS, 1, 1, TOKENS)
    times = []
    for _ in range(WARM_UPS + int(sys.argv[1])):
        labels = torch.randint(0, 2, (TEXTS,))
        start = time.perf_counter()
        optimizer.zero_grad()
        functional.cross_entropy(encoder(tokens, mask), labels).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        times.append(1000 * (time.perf_counter() - start))
    times = times[WARM_UPS:]
    print(f"{sum(times) / len(times):.1f}")


if __name__ == "__main__":
    main()
