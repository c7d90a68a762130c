# Fits mclust (VVV, its own hierarchical start) to every FOLDER/INDEX_K.csv and prints a line per fit: file, variant, log-likelihood,
# iterations (0: not reported), whether a covariance is singular to rounding.
suppressMessages(library(mclust))
mclust.options(warn = FALSE)
folder <- commandArgs(trailingOnly = TRUE)[1]
variant <- paste0("mclust ", packageVersion("mclust"), ", VVV")
for (path in list.files(folder, pattern = "\\.csv$", full.names = TRUE)) {
  rows <- as.matrix(read.csv(path, header = FALSE))
  name <- sub("\\.csv$", "", basename(path))
  components <- as.integer(strsplit(name, "_")[[1]][2])
  fit <- Mclust(rows, G = components, modelNames = "VVV", control = emControl(tol = c(1e-10, 1e-10)), verbose = FALSE)
  if (is.null(fit)) {
    cat(name, variant, "-1e300", 0, 1, sep = "\t")
  } else {
    smallest <- min(apply(fit$parameters$variance$sigma, 3, function(s) min(eigen(s, symmetric = TRUE, only.values = TRUE)$values)))
    cat(name, variant, format(fit$loglik, digits = 17), 0, as.integer(smallest < 1e-5), sep = "\t")
  }
  cat("\n")
}
