using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>Classes with covariates beside direct maximisation, and three-step corrections beside the truth.</summary>
public sealed class LatentClassRegressionTests
{
    /// <summary>One step: the maximum of a direct search over coefficients and log-odds, from beside it.</summary>
    [Fact]
    public void OneStepAsByDirectMaximisation()
    {
        (double[] items, double[] z) = Draw(400, 3, [0.85, 0.2], 1.2, seed: 5);
        LatentClassRegressionFit fit = LatentClass.FitWithCovariates(RowSource.From(items, 3), RowSource.From(z), 2);
        double Direct(double[] x)
        {
            double sum = 0;
            for (int row = 0; row < z.Length; row++)
            {
                double second = Sigmoid(x[0] + x[1] * z[row]);
                double[] joint = [1 - second, second];
                for (int k = 0; k < 2; k++)
                {
                    for (int item = 0; item < 3; item++)
                    {
                        double yes = Sigmoid(x[2 + 3 * k + item]);
                        joint[k] *= items[3 * row + item] == 1 ? yes : 1 - yes;
                    }
                }
                sum += Math.Log(joint[0] + joint[1]);
            }
            return sum;
        }
        double[] at = [fit.Coefficients[1][0], fit.Coefficients[1][1], .. fit.Probabilities.SelectMany(own => own.Select(item => Math.Log(item[1] / item[0])))];
        Close.Equal(Direct(at), fit.LogLikelihood, 1e-9);
        double[] found = DirectMaximizer.Maximize(Direct, [.. at.Select((value, index) => value + 0.1 * (index % 3 - 1))]);
        Close.Equal(Direct(found), fit.LogLikelihood, 1e-5);
        Assert.Equal(8, fit.FreeParameters);
        Assert.True(fit.Result.Converged);
        ParameterEstimates errors = fit.StandardErrors();
        ParameterEstimate slope = errors.Parameters.Single(parameter => parameter.Name == "coefficient[2, x1]");
        // The truth lies within four standard errors (false alarm 6e-5, fixed seed), and 0 does not.
        Assert.InRange(Math.Abs(Math.Abs(slope.Value) - 1.2) / slope.StandardError, 0, 4);
        Assert.True(Math.Abs(slope.Value) / slope.StandardError > 4);
    }

    /// <summary>
    /// With 3000 rows and weak items the uncorrected third step loses a third of the effect; both corrections are within 15 % of the truth, and near the one step.
    /// </summary>
    [Fact]
    public void ThreeStepsAreCorrected()
    {
        (double[] items, double[] z) = Draw(3000, 5, [0.8, 0.25], 1.0, seed: 6);
        RowSource covariates = RowSource.From(z);
        LatentClassFit classes = LatentClass.Fit(RowSource.From(items, 5), 2);
        double Slope(ThreeStepCorrection correction) => Math.Abs(LatentClassThreeStep.Fit(classes, covariates, correction).Coefficients[1][1]);
        double oneStep = Math.Abs(LatentClass.FitWithCovariates(RowSource.From(items, 5), covariates, 2).Coefficients[1][1]);

        Assert.InRange(Slope(ThreeStepCorrection.None), 0.5, 0.85);
        Assert.InRange(Slope(ThreeStepCorrection.Bch), 0.85, 1.15);
        Assert.InRange(Slope(ThreeStepCorrection.MaximumLikelihood), 0.85, 1.15);
        Assert.InRange(oneStep, 0.85, 1.15);
        Close.Equal(oneStep, Slope(ThreeStepCorrection.MaximumLikelihood), 0.08);
        double[][] table = LatentClassThreeStep.Fit(classes, covariates).Classification;
        Close.Equal(1, table[0].Sum(), 1e-12);
        Assert.InRange(table[1][1], 0.7, 0.99);
    }

    /// <summary>
    /// With weak items the standard errors of either corrected third step are the spread over 50 data sets from one truth (whose own relative error is 10 %), and larger than those without a correction.
    /// </summary>
    [Theory]
    [InlineData(ThreeStepCorrection.Bch)]
    [InlineData(ThreeStepCorrection.MaximumLikelihood)]
    public void ThreeStepErrorsAreTheSpread(ThreeStepCorrection correction)
    {
        List<double> slopes = [];
        List<double> errors = [];
        List<double> naive = [];
        for (ulong replicate = 0; replicate < 50; replicate++)
        {
            (double[] items, double[] z) = Draw(600, 5, [0.78, 0.28], 0.8, seed: 1000 + replicate);
            LatentClassFit classes = LatentClass.Fit(RowSource.From(items, 5), 2, new LatentClassOptions { Starts = 2 });
            // The second class of the draw answers yes less often.
            double sign = classes.Probabilities[1][0][1] < classes.Probabilities[0][0][1] ? 1 : -1;
            ThreeStepFit fit = LatentClassThreeStep.Fit(classes, RowSource.From(z), correction);
            slopes.Add(sign * fit.Coefficients[1][1]);
            errors.Add(fit.StandardErrors()["coefficient[2, x1]"].StandardError);
            naive.Add(LatentClassThreeStep.Fit(classes, RowSource.From(z), ThreeStepCorrection.None).StandardErrors()["coefficient[2, x1]"].StandardError);
        }
        double mean = slopes.Average();
        double spread = Math.Sqrt(slopes.Sum(slope => (slope - mean) * (slope - mean)) / (slopes.Count - 1));

        Assert.InRange(mean, 0.65, 0.97);
        Assert.InRange(Math.Sqrt(errors.Average(error => error * error)) / spread, 0.7, 1.4);
        Assert.True(naive.Average() < 0.95 * errors.Average(), $"{naive.Average()} beside {errors.Average()}, spread {spread}");
    }

    /// <summary>With items that leave no doubt the table is the identity, and both corrections are a multinomial logit of the classes with White's errors: what the third step says without one.</summary>
    [Fact]
    public void WithoutDoubtThereIsNothingToCorrect()
    {
        (double[] items, double[] z) = Draw(500, 40, [0.97, 0.03], 1, seed: 9);
        LatentClassFit classes = LatentClass.Fit(RowSource.From(items, 40), 2);
        ParameterEstimate none = LatentClassThreeStep.Fit(classes, RowSource.From(z), ThreeStepCorrection.None).StandardErrors().Parameters[1];
        foreach (ThreeStepCorrection correction in (ThreeStepCorrection[])[ThreeStepCorrection.Bch, ThreeStepCorrection.MaximumLikelihood])
        {
            ParameterEstimate corrected = LatentClassThreeStep.Fit(classes, RowSource.From(z), correction).StandardErrors().Parameters[1];
            Close.Equal(none.Value, corrected.Value, 1e-4);
            Close.Equal(none.StandardError, corrected.StandardError, 1e-4);
        }
        Assert.True(none.PValue < 1e-6);
    }

    /// <summary>Classes written down and read back give the posteriors and the density of the fit, for new rows too.</summary>
    [Fact]
    public void NewRowsAreClassifiedByTheFit()
    {
        (double[] items, double[] z) = Draw(200, 4, [0.9, 0.1], 1, seed: 10);
        LatentClassRegressionFit fit = LatentClass.FitWithCovariates(RowSource.From(items, 4), RowSource.From(z), 2);
        LatentClassRegression again = new(fit.Coefficients, fit.Probabilities);

        (double[] posteriors, double[] logDensity) = again.Evaluate(fit.Items, RowSource.From(z));

        Close.Equal(fit.Posteriors(), posteriors, 1e-14);
        Close.Equal(fit.LogLikelihood, logDensity.Sum(), 1e-10);
        Close.Equal(1, fit.Sizes().Sum(), 1e-12);
        Assert.InRange(fit.EntropyRSquared, 0.3, 0.99);
        Assert.Throws<ArgumentException>(() => again.Evaluate(fit.Items, fit.Items));
    }

    /// <summary>Three classes and two covariates, one of them on another scale: an ascent, and weights are copies.</summary>
    [Fact]
    public void WeightsAreCopies()
    {
        (double[] items, double[] z) = Draw(150, 4, [0.9, 0.1], 1, seed: 7);
        double[] two = [.. z.SelectMany(value => new[] { value, 1000 * value * value + 5 })];
        RowSource once = RowSource.From(items, 4).WithWeights(Enumerable.Repeat(2.0, 150).ToArray());
        RowSource twice = RowSource.From([.. items, .. items], 4);
        LatentClassRegressionFit weighted = LatentClass.FitWithCovariates(once, RowSource.From(two, 2), 2);
        LatentClassRegressionFit copied = LatentClass.FitWithCovariates(twice, RowSource.From([.. two, .. two], 2), 2);

        Close.Equal(copied.LogLikelihood, weighted.LogLikelihood, 1e-5);
        Close.Equal(copied.Coefficients[1], weighted.Coefficients[1], 1e-2);
        for (int step = 1; step < weighted.Result.Trace.Count; step++)
        {
            Assert.True(weighted.Result.Trace[step] >= weighted.Result.Trace[step - 1] - 1e-9);
        }
        Assert.Equal(150 * 2, weighted.Posteriors().Length);
    }

    [Fact]
    public void CombinationsAreRefused()
    {
        (double[] items, double[] z) = Draw(100, 4, [0.9, 0.1], 1, seed: 8);
        Assert.Throws<NumericalException>(() => LatentClass.FitWithCovariates(RowSource.From(items, 4), RowSource.From([.. z.SelectMany(value => new[] { value, 2 * value })], 2), 2));
        Assert.Throws<ArgumentException>(() => LatentClass.FitWithCovariates(RowSource.From(items, 4), RowSource.From(z[..50]), 2));
    }

    private static (double[] Items, double[] Covariate) Draw(int rows, int items, double[] yes, double slope, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] cells = new double[rows * items];
        double[] z = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            z[row] = random.NextGaussian();
            int k = random.NextDouble() < Sigmoid(-0.3 + slope * z[row]) ? 1 : 0;
            for (int item = 0; item < items; item++)
            {
                cells[row * items + item] = random.NextDouble() < yes[k] ? 1 : 0;
            }
        }
        return (cells, z);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
