#!/usr/bin/env python3
"""Fits scikit-learn's GaussianMixture to every FOLDER/INDEX_K.csv with its default starts, one (ten seeds) and ten (one seed), and prints a line per fit:
file, variant, total log-likelihood, iterations (0: only those of the best start are known), whether a covariance is held up by reg_covar.

The tolerance is far below the default, so that what is compared is the optimum found, not where the iterations were cut off.
"""
import glob
import os
import sys
import warnings

# The data are small: more threads than one only cost.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")

for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.csv"))):
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    name = os.path.splitext(os.path.basename(path))[0]
    components = int(name.split("_")[1])
    for starts, seeds in ((1, 10), (10, 1)):
        for seed in range(1, seeds + 1):
            model = GaussianMixture(components, n_init=starts, tol=1e-7, max_iter=5000, random_state=seed).fit(rows)
            collapsed = min(np.linalg.eigvalsh(c)[0] for c in model.covariances_) < 1e-5
            print(name, f"scikit-learn {sklearn.__version__}, n_init={starts}", repr(float(model.score(rows) * len(rows))),
                  model.n_iter_ if starts == 1 else 0, int(collapsed), sep="\t")
