using Latent.Data;
using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Engine.Examples;

/// <summary>Coefficients and residual standard deviation of a regression.</summary>
public sealed record RegressionLine(double[] Coefficients, double Sigma);

/// <summary>
/// Normal linear regression with censored responses [Schmee1979; Tobin1958]. A row is the response, a code (0 seen, +1 only
/// known to be larger, −1 only known to be smaller), and the covariates, the intercept's 1 among them.
/// </summary>
public sealed class CensoredRegression(int covariates) : IEmModel<RegressionLine, RowChunk>
{
    // weight; Σ w E r²; Σ w x E r; Σ w x xᵀ, with r the residual about the current line
    public int StatisticLength => 2 + covariates + covariates * covariates;

    public double Expect(RegressionLine parameters, RowChunk chunk, Span<double> statistic)
    {
        double logLikelihood = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            double fitted = 0;
            for (int covariate = 0; covariate < covariates; covariate++)
            {
                fitted += parameters.Coefficients[covariate] * chunk[row, 2 + covariate];
            }
            double residual = (chunk[row, 0] - fitted) / parameters.Sigma;
            double mean = residual;
            double square = residual * residual;
            double log = -0.5 * square - 0.5 * Math.Log(2 * Math.PI) - Math.Log(parameters.Sigma);
            double side = chunk[row, 1];
            if (side != 0)
            {
                double beyond = side * residual;
                double hazard = Hazard(beyond, out log);
                mean = side * hazard;
                square = 1 + beyond * hazard;
            }
            logLikelihood += weight * log;
            statistic[0] += weight;
            statistic[1] += weight * square * parameters.Sigma * parameters.Sigma;
            for (int left = 0; left < covariates; left++)
            {
                statistic[2 + left] += weight * chunk[row, 2 + left] * mean * parameters.Sigma;
                for (int right = 0; right < covariates; right++)
                {
                    statistic[2 + covariates + left * covariates + right] += weight * chunk[row, 2 + left] * chunk[row, 2 + right];
                }
            }
        }
        return logLikelihood;
    }

    public RegressionLine Maximize(ReadOnlySpan<double> statistic, RegressionLine current)
    {
        Vector<double> score = Vector<double>.Build.DenseOfArray(statistic.Slice(2, covariates).ToArray());
        Matrix<double> gram = Matrix<double>.Build.Dense(covariates, covariates, statistic[(2 + covariates)..].ToArray());
        double weight = statistic[0];
        if (!(weight > covariates) || !double.IsFinite(gram.FrobeniusNorm()) || gram.Rank() < covariates)
        {
            throw new NumericalException($"Expected more rows than the {covariates} covariates, and covariates that are not collinear; found a weight of {weight}. Remove covariates or add rows.");
        }
        Vector<double> move = gram.Solve(score);
        double variance = (statistic[1] - move.DotProduct(score)) / weight;
        return variance > 0
            ? new RegressionLine([.. current.Coefficients.Zip(move, (value, step) => value + step)], Math.Sqrt(variance))
            : throw new NumericalException($"Expected a positive residual variance, found {variance}: the line fits the rows exactly. Remove covariates or add rows.");
    }

    /// <summary>φ(a)/(1−Φ(a)), and ln(1−Φ(a)).</summary>
    private static double Hazard(double a, out double logTail)
    {
        const double LogRootTwoPi = 0.91893853320467274178;
        double tail = SpecialFunctions.Erfc(a / Math.Sqrt(2)) / 2;
        if (a < 20)
        {
            logTail = Math.Log(tail);
            return Math.Exp(-0.5 * a * a - LogRootTwoPi) / tail;
        }
        // Mills' ratio by its asymptotic series: the next term is below 1e-9 of the sum.
        double square = 1 / (a * a);
        double mills = (1 - square * (1 - square * (3 - 15 * square))) / a;
        logTail = -0.5 * a * a - LogRootTwoPi + Math.Log(mills);
        return 1 / mills;
    }
}
