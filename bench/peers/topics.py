#!/usr/bin/env python3
"""Topic models of gensim, scikit-learn and the command `latent` on one corpus, judged by one evaluator.

Usage:
  topics.py draw CORPUS.ldac                      10,000 documents of 8,000 words from 50 topics, some 1.37 million cells
  topics.py split CORPUS.ldac FOLDER              keeps a tenth of the documents back: FOLDER/train.ldac and FOLDER/held.ldac
  topics.py gensim FOLDER TOPICS PASSES           LdaModel as it comes (online, chunks of 2000), so many passes
  topics.py gensim-online FOLDER TOPICS           one online pass in chunks of 256
  topics.py gensim-batch FOLDER TOPICS            two batch passes
  topics.py sklearn-online FOLDER TOPICS          one online pass in batches of 256
  topics.py sklearn-batch FOLDER TOPICS           three batch passes, two processes
  topics.py latent FOLDER TOPICS COMMAND...       COMMAND fit lda FOLDER/train.ldac -k TOPICS --algorithm online --passes 1 --json --full

Prints one JSON object: {"peer", "version", "variant", "seconds", "passes", "perplexity"}. Seconds are those of the fit alone, the corpus in memory; for `latent` "seconds" is the fit as it
says itself and "wall" the whole process: start, reading, fit and summary (without --full; the topics to judge come from a second run).

Perplexity: half of each held-out document's terms (every other one) give its mixture, by fifty EM steps with a prior of 0.02; exp(−mean log-probability) of the other half's words.
"""
import json
import subprocess
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def read(path):
    documents = []
    with open(path) as lines:
        for line in lines:
            cells = [cell.split(":") for cell in line.split()[1:]]
            documents.append((np.array([int(term) for term, _ in cells], int), np.array([int(count) for _, count in cells], int)))
    return documents


def draw(path, documents=10_000, vocabulary=8_000, topics=50):
    rng = np.random.default_rng(7)
    beta = rng.dirichlet(1 / np.sqrt(np.arange(1, vocabulary + 1)), topics)
    theta = rng.dirichlet(np.full(topics, 0.1), documents)
    with open(path, "w") as out:
        for mixture, words in zip(theta, rng.poisson(150, documents).clip(10)):
            counts = np.zeros(vocabulary, int)
            for topic, own in zip(beta, rng.multinomial(words, mixture)):
                if own:
                    counts += rng.multinomial(own, topic)
            terms = np.nonzero(counts)[0]
            out.write(f"{len(terms)} " + " ".join(f"{term}:{counts[term]}" for term in terms) + "\n")


def split(corpus, folder):
    lines = open(corpus).read().splitlines()
    order = np.random.default_rng(1).permutation(len(lines))
    held = set(order[: len(lines) // 10].tolist())
    for name, keep in (("train.ldac", lambda i: i not in held), ("held.ldac", lambda i: i in held)):
        with open(f"{folder}/{name}", "w") as out:
            out.writelines(line + "\n" for i, line in enumerate(lines) if keep(i))


def perplexity(folder, beta, alpha=0.02):
    beta = beta / beta.sum(1, keepdims=True)
    log, words = 0.0, 0
    for terms, counts in read(f"{folder}/held.ldac"):
        known = terms < beta.shape[1]
        terms, counts = terms[known], counts[known]
        given, mixture = beta[:, terms[0::2]], np.full(len(beta), 1 / len(beta))
        for _ in range(50):
            share = mixture[:, None] * given
            share /= share.sum(0) + 1e-300
            mixture = (share * counts[0::2]).sum(1) + alpha
            mixture /= mixture.sum()
        log += (counts[1::2] * np.log(mixture @ beta[:, terms[1::2]] + 1e-300)).sum()
        words += counts[1::2].sum()
    return float(np.exp(-log / words))


def report(peer, version, variant, seconds, passes, folder, beta, **more):
    print(json.dumps({"peer": peer, "version": version, "variant": variant, "seconds": round(seconds, 3), "passes": passes,
                      "secondsPerPass": round(seconds / passes, 3), "perplexity": None if beta is None else round(perplexity(folder, beta), 1), **more}), flush=True)


def gensim(folder, topics, variant, passes, **options):
    import gensim as package
    from gensim.models import LdaModel
    corpus = [list(zip(terms.tolist(), counts.tolist())) for terms, counts in read(f"{folder}/train.ldac")]
    words = {i: str(i) for i in range(1 + max(max(document)[0] for document in corpus if document))}
    begin = time.perf_counter()
    model = LdaModel(corpus, num_topics=topics, passes=passes, eval_every=None, random_state=0, id2word=words, **options)
    report("gensim", package.__version__, variant, time.perf_counter() - begin, passes, folder, model.get_topics())


def sklearn(folder, topics, variant, passes, **options):
    import scipy.sparse as sparse
    import sklearn as package
    from sklearn.decomposition import LatentDirichletAllocation
    documents = read(f"{folder}/train.ldac")
    lengths = [len(terms) for terms, _ in documents]
    matrix = sparse.csr_matrix((np.concatenate([counts for _, counts in documents]), np.concatenate([terms for terms, _ in documents]), np.concatenate([[0], np.cumsum(lengths)])))
    model = LatentDirichletAllocation(topics, max_iter=passes, random_state=0, **options)
    begin = time.perf_counter()
    model.fit(matrix)
    report("scikit-learn", package.__version__, variant, time.perf_counter() - begin, passes, folder, model.components_)


def latent(folder, topics, command):
    call = [*command, "fit", "lda", f"{folder}/train.ldac", "-k", str(topics), "--algorithm", "online", "--passes", "1", "--json"]
    begin = time.perf_counter()
    subprocess.run(call, check=True, stdout=subprocess.PIPE)
    wall = time.perf_counter() - begin
    result = json.loads(subprocess.run([*call, "--full"], check=True, stdout=subprocess.PIPE).stdout)
    report("latent", "", "online, batches of 256", result["timing"]["fitSeconds"], 1, folder, np.array(result["topics"]), wall=round(wall, 3))


match sys.argv[1:]:
    case ["draw", corpus]:
        draw(corpus)
    case ["split", corpus, folder]:
        split(corpus, folder)
    case ["gensim", folder, topics, passes]:
        gensim(folder, int(topics), "online, chunks of 2000", int(passes))
    case ["gensim-online", folder, topics]:
        gensim(folder, int(topics), "online, chunks of 256", 1, chunksize=256)
    case ["gensim-batch", folder, topics]:
        gensim(folder, int(topics), "batch", 2, update_every=0)
    case ["sklearn-online", folder, topics]:
        sklearn(folder, int(topics), "online, batches of 256", 1, learning_method="online", batch_size=256)
    case ["sklearn-batch", folder, topics]:
        sklearn(folder, int(topics), "batch, two processes", 3, learning_method="batch", n_jobs=2)
    case ["latent", folder, topics, *command]:
        latent(folder, int(topics), command)
    case _:
        sys.exit(__doc__)
