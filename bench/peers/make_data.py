#!/usr/bin/env python3
"""Writes the comparison data: mixtures of Gaussians drawn with a fixed seed, and rows of each to start from.

Usage: make_data.py FOLDER. Needs numpy. Files that exist are kept; each is made whole or not at all.

| file          | rows × columns | components | covariances |
| gmm_full_16   | 200,000 × 16   | 16         | full        |
| gmm_full_64   |  50,000 × 64   |  8         | full        |
| gmm_diag      | 500,000 × 16   | 32         | diagonal    |
| kmeans        | 500,000 × 32   | 100        | diagonal    |

NAME_init.npy holds as many rows of NAME.npy as there are components. All come from one stream of random numbers, so
the files are made together: delete the folder to make them again.
"""
import os
import sys

import numpy as np

SHAPES = {
    "gmm_full_16": (200_000, 16, 16, 1.0, True),
    "gmm_full_64": (50_000, 64, 8, 0.6, True),
    "gmm_diag": (500_000, 16, 32, 1.0, False),
    "kmeans": (500_000, 32, 100, 1.0, False),
}


def draw(rng, rows, columns, components, separation, full):
    weights = rng.dirichlet(np.ones(components) * 5)
    labels = rng.choice(components, size=rows, p=weights)
    means = rng.normal(size=(components, columns)) * separation
    values = np.empty((rows, columns))
    for k in range(components):
        mixing = rng.normal(size=(columns, columns)) / np.sqrt(columns)
        if full:
            factor = np.linalg.cholesky(mixing @ mixing.T + 0.3 * np.eye(columns))
        else:
            factor = np.diag(rng.uniform(0.5, 1.5, columns))
        own = np.where(labels == k)[0]
        values[own] = means[k] + rng.normal(size=(len(own), columns)) @ factor.T
    return values


def save(folder, name, values):
    partial = os.path.join(folder, name + ".partial")
    with open(partial, "wb") as stream:
        np.save(stream, values)
    os.replace(partial, os.path.join(folder, name + ".npy"))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    files = [os.path.join(folder, name + tail) for name in SHAPES for tail in (".npy", "_init.npy")]
    if all(os.path.exists(file) for file in files):
        return
    rng = np.random.default_rng(7)
    for name, (rows, columns, components, separation, full) in SHAPES.items():
        values = draw(rng, rows, columns, components, separation, full)
        save(folder, name, values)
        save(folder, name + "_init", values[rng.choice(rows, components, replace=False)])


if __name__ == "__main__":
    main(sys.argv[1])
