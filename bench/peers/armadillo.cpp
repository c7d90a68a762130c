// Times Armadillo on one piece of work: a fixed start, a fixed number of iterations, nothing but the fit.
// Build: g++ -O3 -march=native -fopenmp armadillo.cpp -o armadillo -larmadillo
// Usage: armadillo FOLDER WORK [REPEATS], WORK one of gmm_full_16, gmm_full_64, gmm_diag, kmeans.
// Prints one JSON object a line, as scikit_learn.py does. The objective of a mixture is the mean log-likelihood at the
// final parameters; that of k-means is the sum of squared distances to the final centres.
#define ARMA_USE_OPENMP
#include <armadillo>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>

using namespace arma;

// A C-order float64 NPY of n × d read as the d × n matrix that has the same bytes: one column is one row of the data.
static mat load(const std::string& path, uword d)
{
    FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) throw std::runtime_error("cannot open " + path);
    unsigned char head[10];
    if (std::fread(head, 1, 10, file) != 10) throw std::runtime_error("no NPY header in " + path);
    const long start = 10 + (head[8] | head[9] << 8);
    std::fseek(file, 0, SEEK_END);
    const uword values = (std::ftell(file) - start) / sizeof(double);
    std::fseek(file, start, SEEK_SET);
    mat result(d, values / d);
    if (std::fread(result.memptr(), sizeof(double), result.n_elem, file) != result.n_elem) throw std::runtime_error("short read of " + path);
    std::fclose(file);
    return result;
}

static double seconds(const std::function<void()>& work)
{
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int main(int count, char** arguments)
{
    const std::string folder = arguments[1], work = arguments[2];
    const int repeats = count > 3 ? std::atoi(arguments[3]) : 2;
    const bool single = work == "gmm_full_64", means = work == "kmeans";
    const uword d = means ? 32 : single ? 64 : 16;
    const int iterations = means ? 20 : 10;
    const mat rows = load(folder + "/" + work + ".npy", d), start = load(folder + "/" + work + "_init.npy", d);
    for (int repeat = 0; repeat <= repeats; repeat++)
    {
        double time = 0, objective = 0;
        if (means)
        {
            mat centres = start;
            time = seconds([&] { kmeans(centres, rows, centres.n_cols, keep_existing, iterations, false); });
            for (uword i = 0; i < rows.n_cols; i++)
            {
                double nearest = datum::inf;
                for (uword k = 0; k < centres.n_cols; k++)
                {
                    double distance = 0;
                    for (uword j = 0; j < d; j++) distance += (rows(j, i) - centres(j, k)) * (rows(j, i) - centres(j, k));
                    nearest = std::min(nearest, distance);
                }
                objective += nearest;
            }
        }
        else if (work == "gmm_diag")
        {
            gmm_diag model;
            model.reset(d, start.n_cols);
            model.set_means(start);
            model.set_dcovs(repmat(var(rows, 1, 1), 1, start.n_cols));
            time = seconds([&] { model.learn(rows, start.n_cols, eucl_dist, keep_existing, 0, iterations, 1e-10, false); });
            objective = model.avg_log_p(rows);
        }
        else
        {
            gmm_full model;
            model.reset(d, start.n_cols);
            model.set_means(start);
            cube covariances(d, d, start.n_cols);
            covariances.each_slice() = cov(rows.t(), 1);
            model.set_fcovs(covariances);
            time = seconds([&] { model.learn(rows, start.n_cols, eucl_dist, keep_existing, 0, iterations, 1e-10, false); });
            objective = model.avg_log_p(rows);
        }
        if (repeat)
        {
            std::printf("{\"peer\": \"Armadillo\", \"version\": \"%s\", \"variant\": \"%s\", \"seconds\": %.17g, \"iterations\": %d, \"objective\": %.17g}\n",
                arma_version::as_string().substr(0, arma_version::as_string().find(' ')).c_str(), means ? "lloyd" : "EM", time, iterations, objective);
            std::fflush(stdout);
        }
    }
}
