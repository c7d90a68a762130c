# Reference figures for noise components, equal proportions and known labels: mclust 6.0.0, R 4.2.
# Rscript mclust.R  (in this folder; writes noisy-faithful.csv and mclust.csv)
suppressMessages(library(mclust))

# Old Faithful with 30 rows spread over a wider box by a fixed recursion; labels of the start, 0 for noise.
x <- as.matrix(faithful)
u <- numeric(60); s <- 12345
for (i in seq_along(u)) { s <- (s * 16807) %% 2147483647; u[i] <- s / 2147483647 }
extra <- cbind(eruptions = round(0.5 + 6 * u[1:30], 3), waiting = round(30 + 80 * u[31:60], 1))
noisy <- rbind(x, extra)
start <- c(1 + (x[, 1] > 3), rep(0, 30))
write.csv(data.frame(noisy, start = start), "noisy-faithful.csv", row.names = FALSE, quote = FALSE)

out <- data.frame()
add <- function(case, model, fit, df) {
  p <- fit$parameters
  out <<- rbind(out, data.frame(case = case, model = model, loglik = sprintf("%.10f", fit$loglik), df = df,
    weights = paste(sprintf("%.10f", p$pro), collapse = " "), means = paste(sprintf("%.10f", as.vector(p$mean)), collapse = " ")))
}
exact <- function(equal = FALSE) emControl(tol = c(0, 0), itmax = c(30000, 30000), equalPro = equal)
models <- mclust.options("emModelNames")
Vinv <- hypvol(noisy, reciprocal = TRUE)
z <- cbind(start == 1, start == 2, start == 0) * 1
for (m in models) {
  for (equal in c(FALSE, TRUE)) {
    fit <- me(noisy, modelName = m, z = z, Vinv = Vinv, control = exact(equal))
    add(if (equal) "noise-equal" else "noise", m, fit, nMclustParams(m, 2, 2, noise = TRUE, equalPro = equal))
  }
  fit <- me(x, modelName = m, z = unmap(start[start > 0]), control = exact(TRUE))
  add("equal", m, fit, nMclustParams(m, 2, 2, equalPro = TRUE))
}
y <- noisy[, 2]
for (m in c("E", "V")) {
  fit <- me(y, modelName = m, z = z, Vinv = hypvol(y, reciprocal = TRUE), control = exact())
  add("noise-waiting", m, fit, nMclustParams(m, 1, 2, noise = TRUE))
  fit <- me(x[, 2], modelName = m, z = unmap(start[start > 0]), control = exact())
  add("waiting", m, fit, nMclustParams(m, 1, 2))
}
# Every fifth row of faithful labelled by eruptions > 3.
class <- ifelse(seq_len(nrow(x)) %% 5 == 1, c("short", "long")[start[start > 0]], NA)
for (m in c("VVV", "EEE", "VVI", "EII")) {
  fit <- MclustSSC(x, class = factor(class, levels = c("short", "long")), modelNames = m, G = 2, control = exact())
  add("labels", m, fit, fit$df)
}
cat("hypvol", sprintf("%.12g", hypvol(noisy)), "\n")
write.csv(out, "mclust.csv", row.names = FALSE)
