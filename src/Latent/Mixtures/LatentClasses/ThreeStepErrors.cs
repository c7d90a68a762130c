using Latent.Data;
using Latent.Engine;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Mixtures.LatentClasses;

/// <summary>
/// Standard errors of a third step. Its estimating equations Σ w·ψ(β, D) = 0 have the classification table D of the first two steps in them, which is an estimate: V = A⁻¹(B + G·Σ_D·Gᵀ)A⁻¹ with A the
/// information of the third step, B = Σ w·ψψᵀ, G = ∂Σψ/∂D, and Σ_D the covariance of D that follows from that of the class parameters [BakkOberskiVermunt2014].
/// </summary>
/// <param name="fit">The classes.</param>
/// <param name="assigned">The class that each row was assigned to.</param>
/// <param name="table">P(assigned | true).</param>
internal sealed class ThreeStepErrors(LatentClassFit fit, int[] assigned, double[][] table)
{
    private readonly int _classes = fit.Classes;

    /// <summary>The standard errors of βₖ for all classes but the first.</summary>
    /// <param name="rows">Items, then covariates.</param>
    /// <param name="terms">The names of the intercept and the covariates.</param>
    /// <param name="coefficients">β by class and term.</param>
    /// <param name="inverse">What a row assigned to a class counts for every class; null for the likelihood of the assigned class.</param>
    /// <param name="estimated">Whether the table has a part in the estimate.</param>
    /// <param name="confidence">The coverage of the intervals.</param>
    public ParameterEstimates Of(RowSource rows, IReadOnlyList<string> terms, double[][] coefficients, Matrix<double>? inverse, bool estimated, double confidence)
    {
        int size = (_classes - 1) * terms.Count;
        Matrix<double> information = Matrix<double>.Build.Dense(size, size);
        Matrix<double> products = Matrix<double>.Build.Dense(size, size);
        Matrix<double> byTable = Matrix<double>.Build.Dense(size, _classes * _classes);
        double[] cells = new double[rows.Columns];
        double[] z = new double[terms.Count];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            cells.AsSpan(rows.Columns - terms.Count + 1).CopyTo(z.AsSpan(1));
            z[0] = 1;
            Add(rows.Weight(row), assigned[row], z, Shares(coefficients, z), inverse, information, products, byTable);
        }
        ParameterEstimates? first = estimated ? fit.StandardErrors() : null;
        if (first is not null)
        {
            Matrix<double> chain = byTable * TableByParameters(first.Parameters.Count);
            products += chain * Known(first) * chain.Transpose();
        }
        Matrix<double> bread = information.Inverse();
        Matrix<double> covariance = bread * products * bread.Transpose();
        ParameterEstimate[] estimates = new ParameterEstimate[size];
        for (int place = 0; place < size; place++)
        {
            (int k, int term) = (place / terms.Count + 1, place % terms.Count);
            double error = covariance[place, place] > 0 ? Math.Sqrt(covariance[place, place]) : double.NaN;
            (double lower, double upper) = ConfidenceInterval.Of(coefficients[k][term], error, ParameterScale.Identity, confidence);
            estimates[place] = new($"coefficient[{k + 1}, {terms[term]}]", coefficients[k][term], error, lower, upper, double.NaN, 0, null);
        }
        return new ParameterEstimates(estimates, covariance)
        {
            Method = estimated ? "sandwich of the third step with the uncertainty of the classes" : "sandwich of the third step",
            Confidence = confidence,
            Passes = 1 + (first?.Passes ?? 0),
            Undetermined = first?.Undetermined ?? [],
        };
    }

    private static double[] Shares(double[][] coefficients, double[] z)
    {
        double[] predictors = [.. coefficients.Select(own => own.Zip(z, (factor, value) => factor * value).Sum())];
        double most = predictors.Max();
        double total = predictors.Sum(predictor => Math.Exp(predictor - most));
        return [.. predictors.Select(predictor => Math.Exp(predictor - most) / total)];
    }

    /// <summary>One row's part in A, B and G. With shares π(z) and posteriors q of the true class given the assigned one: ψₖ = (q − π)ₖz, or with the inverse table's row t in place of q.</summary>
    private void Add(
        double weight, int given, double[] z, double[] shares, Matrix<double>? inverse, Matrix<double> information, Matrix<double> products, Matrix<double> byTable)
    {
        double likelihood = 0;
        for (int t = 0; t < _classes; t++)
        {
            likelihood += shares[t] * table[t][given];
        }
        double[] target = [.. Enumerable.Range(0, _classes).Select(t => inverse?[given, t] ?? shares[t] * table[t][given] / likelihood)];
        int terms = z.Length;
        for (int row = 0; row < products.RowCount; row++)
        {
            (int k, double own) = (row / terms + 1, z[row % terms]);
            for (int column = 0; column < products.ColumnCount; column++)
            {
                (int l, double other) = (column / terms + 1, z[column % terms]);
                int same = k == l ? 1 : 0;
                double curve = shares[k] * (same - shares[l]) - (inverse is null ? target[k] * (same - target[l]) : 0);
                information[row, column] += weight * curve * own * other;
                products[row, column] += weight * (target[k] - shares[k]) * own * (target[l] - shares[l]) * other;
            }
            for (int t = 0; t < _classes; t++)
            {
                for (int s = 0; s < _classes; s++)
                {
                    double slope = inverse is not null ? -inverse[given, t] * inverse[s, k] : s == given ? ((k == t ? 1 : 0) - target[k]) * shares[t] / likelihood : 0;
                    byTable[row, t * _classes + s] += weight * slope * own;
                }
            }
        }
    }

    /// <summary>∂D/∂θ for class sizes and item probabilities θ: with joint densities as products of them, ∂pₜ/∂log θ = pₜ(1[t is θ's class] − p of θ's class) in the rows that θ has a part in.</summary>
    private Matrix<double> TableByParameters(int parameters)
    {
        int[] levels = [.. fit.Items.Schema.Select(item => item.Levels.Count)];
        int own = levels.Sum();
        double[] posteriors = fit.Posteriors();
        double[] total = new double[_classes];
        Matrix<double> sums = Matrix<double>.Build.Dense(_classes * _classes, parameters);
        double[] cells = new double[fit.Items.Columns];
        for (int row = 0; row < assigned.Length; row++)
        {
            fit.Items.CopyRow(row, cells);
            ReadOnlySpan<double> p = posteriors.AsSpan(row * _classes, _classes);
            for (int k = 0; k < _classes; k++)
            {
                total[k] += fit.Items.Weight(row) * p[k];
                Move(k, k, fit.Weights[k], p);
                for (int item = 0, first = _classes + k * own; item < cells.Length; first += levels[item++])
                {
                    if (!double.IsNaN(cells[item]))
                    {
                        Move(first + (int)cells[item], k, fit.Probabilities[k][item][(int)cells[item]], p);
                    }
                }
            }

            void Move(int parameter, int k, double value, ReadOnlySpan<double> p)
            {
                for (int t = 0; t < _classes && value > 0; t++)
                {
                    sums[t * _classes + assigned[row], parameter] += fit.Items.Weight(row) * p[t] * ((t == k ? 1 : 0) - p[k]) / value;
                }
            }
        }
        Matrix<double> slopes = Matrix<double>.Build.Dense(sums.RowCount, parameters);
        for (int parameter = 0; parameter < parameters; parameter++)
        {
            for (int t = 0; t < _classes; t++)
            {
                double all = Enumerable.Range(0, _classes).Sum(s => sums[t * _classes + s, parameter]);
                for (int s = 0; s < _classes; s++)
                {
                    slopes[t * _classes + s, parameter] = (sums[t * _classes + s, parameter] - table[t][s] * all) / total[t];
                }
            }
        }
        return slopes;
    }

    /// <summary>The covariance of the class parameters; those on their boundary stay where they are.</summary>
    private static Matrix<double> Known(ParameterEstimates first) => Matrix<double>.Build.DenseOfArray(first.CovarianceMatrix).Map(value => double.IsFinite(value) ? value : 0);
}
