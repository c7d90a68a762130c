#!/usr/bin/env python3
"""Fits scikit-learn's GaussianMixture to every FOLDER/INDEX_K.csv with its default starts, one and ten, and prints a line per fit:
file, variant, total log-likelihood, iterations of the best start, whether a covariance is held up by reg_covar.

The tolerance is far below the default, so that what is compared is the optimum found, not where the iterations were cut off.
"""
import glob
import os
import sys
import warnings

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")

for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.csv"))):
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    name = os.path.splitext(os.path.basename(path))[0]
    components = int(name.split("_")[1])
    for starts in (1, 10):
        for seed in range(1, 11):
            model = GaussianMixture(components, n_init=starts, tol=1e-7, max_iter=5000, random_state=seed).fit(rows)
            collapsed = min(np.linalg.eigvalsh(c)[0] for c in model.covariances_) < 1e-5
            print(name, f"scikit-learn {sklearn.__version__}, n_init={starts}, 10 seeds", repr(float(model.score(rows) * len(rows))),
                  model.n_iter_, int(collapsed), sep="\t")
