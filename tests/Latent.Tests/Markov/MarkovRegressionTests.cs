using Latent.Data;
using Latent.Markov;
using Latent.Numerics;
using Latent.Regression;

namespace Latent.Tests.Markov;

/// <summary>Regressions that change with a Markov chain.</summary>
public sealed class MarkovRegressionTests
{
    // y = 10 + 2x with noise 0.5 in one state, y = −3x with noise 1 in the other, x near 50: stays of 20 and 10 steps.
    private static (SequenceSource Sequences, int[] States) Switching(int sequences, int length, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[,] rows = new double[sequences * length, 2];
        int[] states = new int[sequences * length];
        for (int step = 0; step < states.Length; step++)
        {
            bool first = step % length == 0;
            int before = first ? 0 : states[step - 1];
            double uniform = random.NextDouble();
            states[step] = first ? (uniform < 0.5 ? 0 : 1) : before == 0 ? (uniform < 0.05 ? 1 : 0) : (uniform < 0.1 ? 0 : 1);
            double x = 50 + 2 * random.NextGaussian();
            rows[step, 0] = states[step] == 0 ? 10 + 2 * x + 0.5 * random.NextGaussian() : -3 * x + random.NextGaussian();
            rows[step, 1] = x;
        }
        return (SequenceSource.From(RowSource.From(rows).WithSchema(Schema.Numeric("y", "x")), [.. Enumerable.Repeat(length, sequences)]), states);
    }

    [Fact]
    public void Coefficients_and_chain_come_back()
    {
        (SequenceSource sequences, int[] states) = Switching(8, 250, 3);
        MarkovRegressionFit fit = MarkovRegression.Fit(sequences, "y ~ x", 2);
        Assert.True(fit.Fit.Converged);
        int a = fit.Regressions[0].Coefficients[1] > 0 ? 0 : 1;
        int b = 1 - a;

        // Five standard errors: σ/(√n·2) of a slope with x's deviation 2, and fifty times that of the intercept at x = 0.
        Assert.Equal(2, fit.Regressions[a].Coefficients[1], 0.04);
        Assert.Equal(10, fit.Regressions[a].Coefficients[0], 2.0);
        Assert.Equal(-3, fit.Regressions[b].Coefficients[1], 0.12);
        Assert.Equal(0.25, fit.Regressions[a].Dispersion, 0.05);
        Assert.Equal(1, fit.Regressions[b].Dispersion, 0.3);
        Assert.Equal(0.05, fit.Model.Parameters[a, b], 0.03);
        Assert.Equal(0.10, fit.Model.Parameters[b, a], 0.06);
        int[] path = [.. fit.Viterbi(sequences).SelectMany(found => found.States)];
        Assert.True(path.Zip(states).Count(pair => (pair.First == a ? 0 : 1) == pair.Second) > 0.99 * states.Length);
    }

    [Fact]
    public void The_likelihood_is_the_sum_over_all_paths_of_densities_at_the_terms_themselves()
    {
        (SequenceSource sequences, _) = Switching(40, 6, 5);
        MarkovRegressionFit fit = MarkovRegression.Fit(sequences, "y ~ x", 2);
        double total = 0;
        for (int sequence = 0; sequence < 40; sequence++)
        {
            double sum = 0;
            for (int path = 0; path < 1 << 6; path++)
            {
                double probability = 1;
                for (int t = 0; t < 6; t++)
                {
                    int state = (path >> t) & 1;
                    double[] cells = new double[2];
                    sequences.Rows.CopyRow(sequence * 6 + t, cells);
                    RegressionComponent regression = fit.Regressions[state];
                    double residual = cells[0] - regression.Coefficients[0] - regression.Coefficients[1] * cells[1];
                    probability *= t == 0 ? fit.Model.Initial[state] : fit.Model.Parameters[(path >> (t - 1)) & 1, state];
                    probability *= Math.Exp(-0.5 * residual * residual / regression.Dispersion) / Math.Sqrt(2 * Math.PI * regression.Dispersion);
                }
                sum += probability;
            }
            total += Math.Log(sum);
        }
        Assert.Equal(total, fit.Fit.LogLikelihood, 1e-7 * Math.Abs(total));
        Assert.Equal(total, fit.Model.LogLikelihoods(fit.Steps(sequences)).Sum(), 1e-7 * Math.Abs(total));
    }

    [Fact]
    public void Counts_and_known_states_are_heeded_and_what_cannot_be_is_named()
    {
        (SequenceSource sequences, int[] states) = Switching(2, 60, 7);
        double[,] counts = new double[120, 2];
        RandomGenerator random = new(9);
        for (int step = 0; step < 120; step++)
        {
            counts[step, 0] = states[step] == 0 ? 1 + (int)(3 * random.NextDouble()) : 20 + (int)(9 * random.NextDouble());
            counts[step, 1] = random.NextGaussian();
        }
        SequenceSource labelled = SequenceSource.From(RowSource.From(counts).WithSchema(Schema.Numeric("n", "x")), [60, 60]).WithLabels(states);
        MarkovRegressionFit fit = MarkovRegression.Fit(labelled, "n ~ 1", 2, ResponseFamily.Poisson);
        for (int state = 0; state < 2; state++)
        {
            double mean = Enumerable.Range(0, 120).Where(step => states[step] == state).Average(step => counts[step, 0]);
            Assert.Equal(Math.Log(mean), fit.Regressions[state].Coefficients[0], 1e-6);
        }
        Assert.ThrowsAny<ArgumentException>(() => MarkovRegression.Fit(sequences, "y ~ z", 2));
    }

    /// <summary>Σ over all paths, by the definition: yₜ given yₜ₋₁ in the same sequence, and 1 where one of them is not there.</summary>
    [Fact]
    public void Lagged_responses_are_those_of_the_sequence_and_steps_without_are_missing()
    {
        const int sequences = 40, length = 6;
        (SequenceSource data, _) = Switching(sequences, length, 5);
        double[,] cells = new double[sequences * length, 2];
        double[] row = new double[2];
        for (int step = 0; step < sequences * length; step++)
        {
            data.Rows.CopyRow(step, row);
            cells[step, 0] = step % 11 == 4 ? double.NaN : row[0];
            cells[step, 1] = row[1];
        }
        SequenceSource holes = SequenceSource.From(RowSource.From(cells).WithSchema(data.Schema), data.Lengths);
        MarkovRegressionFit fit = MarkovRegression.Fit(holes, "y ~ x", 2, lags: 1);
        Assert.Equal(["(Intercept)", "x", "lag1"], fit.Design.Design.TermNames);
        double Density(int step, int state)
        {
            double before = step % length == 0 ? double.NaN : cells[step - 1, 0];
            RegressionComponent own = fit.Regressions[state];
            double residual = cells[step, 0] - own.Coefficients[0] - own.Coefficients[1] * cells[step, 1] - own.Coefficients[2] * before;
            return double.IsNaN(residual) ? 1 : Math.Exp(-0.5 * residual * residual / own.Dispersion) / Math.Sqrt(2 * Math.PI * own.Dispersion);
        }
        double total = 0;
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            double sum = 0;
            for (int path = 0; path < 1 << length; path++)
            {
                double probability = fit.Model.Initial[path & 1];
                for (int t = 0; t < length; t++)
                {
                    probability *= (t == 0 ? 1 : fit.Model.Parameters[(path >> (t - 1)) & 1, (path >> t) & 1]) * Density(sequence * length + t, (path >> t) & 1);
                }
                sum += probability;
            }
            total += Math.Log(sum);
        }
        Assert.Equal(total, fit.Fit.LogLikelihood, 1e-7 * Math.Abs(total));
        double[] expected = fit.Expected(holes);
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.Equal(double.IsNaN(cells[step, 0]) || step % length == 0 || double.IsNaN(cells[step - 1, 0]), double.IsNaN(expected[step]));
        }

        // From its own parameters, in the units of the data, a fit starts where it ended.
        MarkovRegressionFit again = MarkovRegression.Fit(holes, "y ~ x", 2, null, new() { Start = fit.Model.Parameters, MaxIterations = 0 }, lags: 1);
        Assert.Equal(fit.Fit.LogLikelihood, again.Fit.LogLikelihood, 1e-8 * Math.Abs(total));
        Assert.Contains("fewer lags", Assert.Throws<ArgumentException>(() => MarkovRegression.Fit(holes, "y ~ x", 2, lags: 6)).Message);
    }

    /// <summary>A regression on nothing is the Gaussian of its column.</summary>
    [Fact]
    public void A_formula_without_terms_is_the_ordinary_model()
    {
        (SequenceSource data, _) = Switching(6, 80, 8);
        SequenceSource responses = SequenceSource.From(data.Rows.Select("y"), data.Lengths);
        HiddenMarkovFit ordinary = HiddenMarkovModel.FitGaussian(responses, 2);
        MarkovRegressionFit regression = MarkovRegression.Fit(data, "y ~ 1", 2);
        Assert.Equal(ordinary.LogLikelihood, regression.Fit.LogLikelihood, 1e-9 * Math.Abs(ordinary.LogLikelihood));
        Assert.Equal(ordinary.FreeParameters, regression.Fit.FreeParameters);
        Assert.Equal(ordinary.Bic, regression.Fit.Bic, 1e-5);
    }
}
