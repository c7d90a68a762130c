#!/usr/bin/env python3
"""Times scikit-learn on one piece of work: a fixed start, a fixed number of iterations, no early stop, nothing but the fit.

Usage: scikit_learn.py FOLDER WORK [REPEATS], WORK one of gmm_full_16, gmm_full_64, gmm_diag, kmeans, kmeans_single.
Prints one JSON object a line: {"peer", "version", "variant", "seconds", "iterations", "objective"}. Variants of a mixture: "EM",
the iterations alone, and "fit()", the call as a user writes it, which first runs k-means even though every part of the start is
given. The first fit of each variant but "fit()", which warms caches and thread pools, is not reported.

The objective of a mixture is the mean log-likelihood at the parameters before the last M-step (`lower_bound_`); that of
k-means is the sum of squared distances to the final centres.
"""
import json
import os
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")


class FromMeans(GaussianMixture):
    """Starts exactly from equal weights, the given means and the data's own covariance, and spends no time on it."""

    def _initialize_parameters(self, X, random_state):
        self.weights_, self.means_, self.precisions_cholesky_ = self.start


def gmm(folder, name, components, kind, iterations):
    rows = np.load(os.path.join(folder, name + ".npy"))
    means = np.load(os.path.join(folder, name + "_init.npy"))
    covariance = np.cov(rows.T, bias=True)
    if kind == "full":
        precision = np.repeat(np.linalg.inv(np.linalg.cholesky(covariance)).T[None], components, 0)
    else:
        precision = np.repeat(1 / np.sqrt(np.diag(covariance))[None], components, 0)

    def fit():
        model = FromMeans(components, covariance_type=kind, max_iter=iterations, tol=0, reg_covar=0)
        model.start = (np.full(components, 1 / components), means.copy(), precision)
        begin = time.perf_counter()
        model.fit(rows)
        return time.perf_counter() - begin, model.lower_bound_

    def whole():
        precisions = np.repeat((np.linalg.inv(covariance) if kind == "full" else 1 / np.diag(covariance))[None], components, 0)
        model = GaussianMixture(components, covariance_type=kind, max_iter=iterations, tol=0, reg_covar=0, random_state=0,
                                weights_init=np.full(components, 1 / components), means_init=means, precisions_init=precisions)
        begin = time.perf_counter()
        model.fit(rows)
        return time.perf_counter() - begin, model.lower_bound_

    yield "EM", iterations, fit
    yield "fit()", iterations, whole


def kmeans(folder, dtype, iterations):
    rows = np.load(os.path.join(folder, "kmeans.npy")).astype(dtype)
    start = np.load(os.path.join(folder, "kmeans_init.npy")).astype(dtype)
    for algorithm in ("lloyd", "elkan"):
        def fit(algorithm=algorithm):
            model = KMeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm=algorithm)
            begin = time.perf_counter()
            model.fit(rows)
            return time.perf_counter() - begin, model.inertia_

        yield algorithm, iterations, fit


WORK = {
    "gmm_full_16": lambda folder: gmm(folder, "gmm_full_16", 16, "full", 10),
    "gmm_full_64": lambda folder: gmm(folder, "gmm_full_64", 8, "full", 10),
    "gmm_diag": lambda folder: gmm(folder, "gmm_diag", 32, "diag", 10),
    "kmeans": lambda folder: kmeans(folder, np.float64, 20),
    "kmeans_single": lambda folder: kmeans(folder, np.float32, 20),
}

for variant, iterations, fit in WORK[sys.argv[2]](sys.argv[1]):
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    for repeat in range(1 if variant == "fit()" else 1 + repeats):
        seconds, objective = fit()
        if repeat or variant == "fit()":
            print(json.dumps({"peer": "scikit-learn", "version": sklearn.__version__, "variant": variant,
                              "seconds": seconds, "iterations": iterations, "objective": float(objective)}), flush=True)
