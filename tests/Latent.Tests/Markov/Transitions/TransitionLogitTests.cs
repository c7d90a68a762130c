using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Transitions that depend on covariates: all paths one by one, a direct search, and the ordinary model where they do not.</summary>
[Collection("simd level")]
public class TransitionLogitTests
{
    /// <summary>Likelihood, posteriors, moves and paths by the definition, with transitions of their own at each step.</summary>
    [Fact]
    public void EverythingIsTheSumOverAllPaths()
    {
        SequenceSource data = Data(5, 6);
        (HiddenMarkovModel<Poisson> model, HiddenMarkov<Poisson> parameters) = Start(data);
        FittedHiddenMarkov<Poisson> fitted = new(model, parameters, ["count"]);
        double expected = 0;
        List<double> posteriors = [];
        List<double> best = [];
        List<double> residuals = [];
        double[] moves = new double[9];
        for (int sequence = 0; sequence < 5; sequence++)
        {
            (int[] Path, double Log)[] paths = [.. Paths(parameters, data, sequence)];
            double total = Math.Log(paths.Sum(path => Math.Exp(path.Log)));
            expected += total;
            best.Add(paths.Max(path => path.Log));
            for (int t = 0; t < 6; t++)
            {
                // P(Xₜ ≤ x given all other steps): each path without the density of its own step.
                double x = data.Rows.GetChunk(0)[6 * sequence + t, 0];
                double[] others = [.. Enumerable.Range(0, 3).Select(state => paths.Where(path => path.Path[t] == state).Sum(
                    path => Math.Exp(path.Log - total - MathNet.Numerics.Distributions.Poisson.PMFLn(parameters.Emissions[state].Rate, (int)x))))];
                double below = others.Select((share, state) => share / others.Sum() * MathNet.Numerics.Distributions.Poisson.CDF(parameters.Emissions[state].Rate, x)).Sum();
                residuals.Add(MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, below));
                posteriors.AddRange(Enumerable.Range(0, 3).Select(state => paths.Where(path => path.Path[t] == state).Sum(path => Math.Exp(path.Log - total))));
                for (int at = 0; at < 9 && t > 0; at++)
                {
                    moves[at] += paths.Where(path => path.Path[t - 1] == at / 3 && path.Path[t] == at % 3).Sum(path => Math.Exp(path.Log - total));
                }
            }
        }
        double[] statistic = new double[model.StatisticLength];
        Close.Equal(expected, model.Expect(parameters, data.GetChunk(0), statistic), 1e-11);
        Close.Equal(moves, statistic.AsSpan(6, 9), 1e-11, what: "moves");
        Close.Equal(posteriors.ToArray(), fitted.Posteriors(data), 1e-11, what: "posteriors");
        Close.Equal(expected, fitted.Score(data), 1e-11);
        Close.Equal(residuals.ToArray(), fitted.PseudoResiduals(data).Upper.ToArray(), 1e-7, what: "pseudo-residuals");
        Close.Equal(expected, fitted.LogDensity(data).Sum(), 1e-10);
        Close.Equal(best.ToArray(), fitted.Viterbi(data).Select(path => path.LogProbability).ToArray(), 1e-11, what: "best paths");
    }

    /// <summary>The gradient that the M-step climbs is that of the likelihood, by differences of it: Fisher's identity. EM never goes down, and ends where the gradient vanishes.</summary>
    [Fact]
    public void StepsClimbToWhereTheGradientVanishes()
    {
        SequenceSource data = Data(30, 12);
        (HiddenMarkovModel<Poisson> model, HiddenMarkov<Poisson> parameters) = Start(data);
        double At(double[] point, HiddenMarkov<Poisson> like)
        {
            Assert.True(model.TryReadCoordinates(point, like, out HiddenMarkov<Poisson>? there));
            return model.Expect(there, data.GetChunk(0), new double[model.StatisticLength]);
        }
        double[] point = new double[model.CoordinateCount(parameters)];
        model.WriteCoordinates(parameters, point);
        double[] statistic = new double[model.StatisticLength];
        double before = model.Expect(parameters, data.GetChunk(0), statistic);
        double[] gradient = NumericalGradient.Of(at => At(at, parameters), point);
        // Two angles of the initial distribution, then from × to × terms, as in the statistic.
        double[] own = [.. Enumerable.Range(0, 3).SelectMany(from => statistic[^42..][(14 * from)..(14 * from + 4)])];
        Close.Equal(gradient[2..14], own, 1e-5, what: "gradient");
        Assert.True(gradient.Max(Math.Abs) > 1, "Expected a start away from the maximum.");
        for (int step = 0; step < 1500; step++)
        {
            Array.Clear(statistic);
            double now = model.Expect(parameters, data.GetChunk(0), statistic);
            Assert.True(now >= before - 1e-11 * (1 + Math.Abs(before)), $"Expected no fall at step {step}, found {now:R} after {before:R}.");
            before = now;
            parameters = model.Maximize(statistic, parameters);
        }
        model.WriteCoordinates(parameters, point);
        Assert.All(NumericalGradient.Of(at => At(at, parameters), point), slope => Assert.InRange(slope, -1e-2, 1e-2));
    }

    /// <summary>What is simulated is found: the truth lies in the region of one in a million about the fit, and the coefficients that matter have intervals away from 0.</summary>
    [Fact]
    public void TheEffectOfACovariateIsFound()
    {
        SequenceSource data = Data(40, 80);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 4 });
        HiddenMarkovFit<Poisson> constant = HiddenMarkovModel.Fit(new PoissonFamily(), SequenceSource.From(data.Rows, data.Lengths), 2, new() { Starts = 4 });
        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Assert.Equal(1 + 4 + 2, fit.FreeParameters);
        Assert.Equal(1 + 2 + 2, constant.FreeParameters);
        Assert.True(fit.Bic < constant.Bic - 20, $"Expected covariates to matter, found {fit.Bic:R} and {constant.Bic:R}.");
        int low = fit.Parameters.Emissions[0].Rate < fit.Parameters.Emissions[1].Rate ? 0 : 1;
        TransitionLogits logits = fit.Model.Logits!;
        ParameterEstimates errors = fit.Model.StandardErrors(data);
        foreach ((int from, double intercept, double slope) in new[] { (low, -3.0, 0.1), (1 - low, 1.0, -0.1) })
        {
            ParameterEstimate found = errors[$"logit year[{from + 1}, {2 - from}]"];
            Assert.Equal(logits[from, 1 - from, 1], found.Value, 1e-12);
            Assert.InRange((found.Value - slope) / found.StandardError, -5, 5);
            Assert.True(Math.Abs(found.Value) > 3 * found.StandardError, "Expected a slope away from 0.");
            Assert.InRange(logits[from, 1 - from, 0] + 2000 * logits[from, 1 - from, 1] - intercept, -1, 1);
        }
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsRefused()
    {
        SequenceSource data = Data(4, 30);
        Assert.Throws<ArgumentException>(() => data.WithCovariates(RowSource.From([1.0, 2])));
        Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Structure = ChainStructure.Free with { Stationary = true } }));
        Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data.WithCovariates(RowSource.From(new double[120])), 2, new() { Starts = 1 }));
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 2, MaxIterations = 5 });
        Assert.Throws<ArgumentException>(() => fit.Model.Score(SequenceSource.From(data.Rows, data.Lengths)));
        Assert.Throws<NotSupportedException>(() => fit.Model.Sample([5]));
        Assert.Throws<NotSupportedException>(() => fit.Model.Forecast(data));
    }

    /// <summary>A sequence beyond the buffers, several that fit them together, weights and every register width: the recursions and sums of plain loops.</summary>
    [Theory]
    [InlineData(2, 9000)]
    [InlineData(5, 2500)]
    [InlineData(3, 7, 1, 40, 8, 9)]
    public void SegmentsAndSequencesTogetherAreTheSumsOfPlainLoops(int states, params int[] lengths)
    {
        int steps = lengths.Sum();
        Random random = new(states);
        double[] counts = [.. Enumerable.Range(0, steps).Select(_ => (double)random.Next(12))];
        double[] covariates = [.. Enumerable.Range(0, 2 * steps).Select(_ => Simulate.Normal(random))];
        double[] weights = [.. lengths.SelectMany((length, index) => Enumerable.Repeat(1.0 + index % 2, length))];
        SequenceSource data = SequenceSource.From(RowSource.From(counts).WithWeights(weights), lengths).WithCovariates(RowSource.From(covariates, 2));
        TransitionLogits logits = new(new TransitionCovariates(["a", "b"], [0, 0], [1, 1], [6, 6]), states, [.. Enumerable.Range(0, 3 * states * states).Select(_ => 0.8 * Simulate.Normal(random))]);
        HiddenMarkovModel<Poisson> model = new(new PoissonFamily(), states, 1) { Covariates = logits.Covariates };
        double[] even = [.. Enumerable.Repeat(1.0, states * states)];
        HiddenMarkov<Poisson> parameters = new(even[..states], even, [.. Enumerable.Range(0, states).Select(state => new Poisson(1 + 3 * state))]) { Logits = logits };
        int free = 3 * (states - 1);
        int one = free + free * (free + 1) / 2;
        double[] expected = new double[states * one];
        double logLikelihood = 0;
        List<double> posteriors = [];
        for (int sequence = 0, first = 0; sequence < lengths.Length; first += lengths[sequence++])
        {
            logLikelihood += weights[first] * Plain(parameters, counts, covariates, first, lengths[sequence], weights[first], posteriors, (step, from, moves, p) =>
            {
                double[] z = [1, covariates[2 * step], covariates[2 * step + 1]];
                double n = moves.Sum();
                for (int i = 0, place = free; i < free; i++)
                {
                    int j = i / 3 < from ? i / 3 : i / 3 + 1;
                    expected[from * one + i] += z[i % 3] * (moves[j] - n * p[j]);
                    for (int m = 0; m <= i; m++, place++)
                    {
                        int l = m / 3 < from ? m / 3 : m / 3 + 1;
                        expected[from * one + place] += n * p[j] * ((j == l ? 1 : 0) - p[l]) * z[i % 3] * z[m % 3];
                    }
                }
            });
        }
        double[]? bits = null;
        SimdLevel best = Simd.Level;
        try
        {
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
            {
                Simd.Level = level;
                double[] statistic = new double[model.StatisticLength];
                double found = 0;
                for (int index = 0; index < data.ChunkCount; index++)
                {
                    found += model.Expect(parameters, data.GetChunk(index), statistic);
                }
                Close.Equal(logLikelihood, found, 1e-11 * Math.Abs(logLikelihood));
                Close.Equal(expected, statistic.AsSpan()[^expected.Length..], 1e-9 * steps, what: "sums of the logits");
                double[] shares = new FittedHiddenMarkov<Poisson>(model, parameters, ["n"]).Posteriors(data);
                Close.Equal([.. posteriors], shares, 1e-10, what: "posteriors");
                double[] all = [found, .. statistic, .. shares];
                bits ??= all;
                Close.SameBits(bits, all, $"results of {level}");
            }
        }
        finally
        {
            Simd.Level = best;
        }
    }

    /// <summary>
    /// Moves of probability e⁻²⁰⁰⁰, which is 0 in doubles. With few steps the path that never moves is the likeliest; with many the one that moves once, of which the scaled recursion knows nothing.
    /// </summary>
    [Theory]
    [InlineData(40, 60, false)]
    [InlineData(400, 600, true)]
    [InlineData(20_000, 30_000, true)]
    public void MovesBelowTheRangeOfDoublesCount(int early, int late, bool moves)
    {
        TransitionLogits logits = new(new TransitionCovariates(["z"], [0], [1], [1]), 2, [0, 0, -2000, 1, -2000, 1, 0, 0]);
        HiddenMarkovModel<Categorical> model = new(new CategoricalFamily(3), 2, 1) { Covariates = logits.Covariates };
        HiddenMarkov<Categorical> parameters = new([0.5, 0.5], [0.5, 0.5, 0.5, 0.5], [new Categorical([1e-10, 1 - 1e-10, 0]), new Categorical([1 - 1e-10, 1e-10, 0])]) { Logits = logits };
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Repeat(0.0, early), .. Enumerable.Repeat(1.0, late)])).WithCovariates(RowSource.From(new double[early + late]));
        double expected = Math.Log(0.5) + (moves ? -2000 + (early + late) * Math.Log(1 - 1e-10) : early * Math.Log(1e-10) + late * Math.Log(1 - 1e-10));
        FittedHiddenMarkov<Categorical> fitted = new(model, parameters, ["symbol"]);
        Close.Equal(expected, fitted.Score(data), 1e-9 * Math.Abs(expected));
        double[] statistic = new double[model.StatisticLength];
        Close.Equal(expected, model.Expect(parameters, data.GetChunk(0), statistic), 1e-9 * Math.Abs(expected));
        Close.Equal(moves ? [0, 1, late, early, late - 1, 0, 1, early - 1] : [1, 0, early + late, 0, early + late - 1, 0, 0, 0], statistic.AsSpan(0, 8), 1e-6);
        Assert.Equal(Enumerable.Range(0, early + late).Select(step => moves && step < early ? 1 : 0), fitted.Viterbi(data)[0].States);
    }

    /// <summary>Forward and back in plain loops, each α divided by its sum; the log-likelihood of one sequence.</summary>
    private static double Plain(
        HiddenMarkov<Poisson> parameters, double[] counts, double[] covariates, int first, int length, double weight, List<double> posteriors, Action<int, int, double[], double[]> visit)
    {
        int states = parameters.States;
        double[] Row(int step, int from)
        {
            double[] odds = [.. Enumerable.Range(0, states).Select(to => to == from ? 1 : Math.Exp(
                parameters.Logits![from, to, 0] + covariates[2 * step] * parameters.Logits[from, to, 1] + covariates[2 * step + 1] * parameters.Logits[from, to, 2]))];
            return [.. odds.Select(value => value / odds.Sum())];
        }
        double[] Densities(int step) => [.. parameters.Emissions.Select(own => MathNet.Numerics.Distributions.Poisson.PMF(own.Rate, (int)counts[step]))];
        double[][] alpha = new double[length][];
        double logLikelihood = 0;
        for (int t = 0; t < length; t++)
        {
            double[] b = Densities(first + t);
            double[][] a = t == 0 ? [] : [.. Enumerable.Range(0, states).Select(from => Row(first + t - 1, from))];
            double[] own = [.. Enumerable.Range(0, states).Select(to => b[to] * (t == 0 ? parameters.Initial[to] : Enumerable.Range(0, states).Sum(from => alpha[t - 1][from] * a[from][to])))];
            logLikelihood += Math.Log(own.Sum());
            alpha[t] = [.. own.Select(value => value / own.Sum())];
        }
        double[] beta = [.. Enumerable.Repeat(1.0, states)];
        List<double[]> shares = [];
        for (int t = length - 1; t >= 0; t--)
        {
            double total = alpha[t].Zip(beta, (x, y) => x * y).Sum();
            shares.Add([.. alpha[t].Zip(beta, (x, y) => x * y / total)]);
            if (t == 0)
            {
                break;
            }
            double[] after = [.. Densities(first + t).Zip(beta, (x, y) => x * y)];
            double[][] a = [.. Enumerable.Range(0, states).Select(from => Row(first + t - 1, from))];
            double[] before = [.. a.Select(row => row.Zip(after, (x, y) => x * y).Sum())];
            double all = alpha[t - 1].Zip(before, (x, y) => x * y).Sum();
            for (int from = 0; from < states; from++)
            {
                visit(first + t - 1, from, [.. a[from].Zip(after, (x, y) => weight * alpha[t - 1][from] * x * y / all)], a[from]);
            }
            beta = [.. before.Select(value => value / before.Sum())];
        }
        shares.Reverse();
        posteriors.AddRange(shares.SelectMany(own => own));
        return logLikelihood;
    }

    /// <summary>Coefficients in other units are the same transitions: a fit goes on from them where it ended.</summary>
    [Fact]
    public void AStartIsTakenToTheUnitsOfTheData()
    {
        SequenceSource data = Data(20, 60);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 2 });
        TransitionLogits own = fit.Model.Logits!;
        double[] raw = [.. Enumerable.Range(0, 8).Select(at => own[at / 4, at / 2 % 2, at % 2])];
        TransitionLogits plain = new(new TransitionCovariates(["year"], [0], [1], [3000]), 2, raw);
        HiddenMarkov<Poisson> start = new(fit.Parameters.Initial.AsSpan(), fit.Parameters.Transition.AsSpan(), fit.Parameters.Emissions.AsSpan()) { Logits = plain };
        HiddenMarkovFit<Poisson> again = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Start = start, MaxIterations = 0 });
        Close.Equal(fit.LogLikelihood, again.LogLikelihood, 1e-10);
        Close.Equal(fit.Model.TransitionAt(1990), again.Model.TransitionAt(1990), 1e-9);
        TransitionLogits others = new(new TransitionCovariates(["month"], [0], [1], [12]), 2, new double[8]);
        HiddenMarkov<Poisson> wrong = new(start.Initial.AsSpan(), start.Transition.AsSpan(), start.Emissions.AsSpan()) { Logits = others };
        Assert.Contains("year", Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Start = wrong })).Message);
    }

    /// <summary>Moves are drawn with the probabilities of their year: 60,000 steps, six standard errors.</summary>
    [Fact]
    public void DrawnMovesDependOnTheCovariates()
    {
        TransitionLogits logits = new(new TransitionCovariates(["z"], [0], [1], [1]), 2, [0, 0, -1, 1.5, 0.5, -0.5, 0, 0]);
        HiddenMarkovModel<Poisson> model = new(new PoissonFamily(), 2, 1) { Covariates = logits.Covariates };
        FittedHiddenMarkov<Poisson> chain = new(model, new([1, 0], [0.7, 0.3, 0.6, 0.4], [new Poisson(1), new Poisson(5)]) { Logits = logits }, ["count"]);
        double[] z = [.. Enumerable.Range(0, 60_000).Select(step => step * 7 % 3 - 1.0)];
        (_, int[] states) = chain.Sample([z.Length], RowSource.From(z), 5);
        for (int from = 0; from < 2; from++)
        {
            for (int value = -1; value <= 1; value++)
            {
                int[] steps = [.. Enumerable.Range(0, z.Length - 1).Where(step => states[step] == from && z[step] == value)];
                double logit = from == 0 ? -1 + 1.5 * value : 0.5 - 0.5 * value;
                double expected = 1 / (1 + Math.Exp(-logit));
                double found = steps.Average(step => states[step + 1] == from ? 0.0 : 1);
                Assert.Equal(expected, found, 6 * Math.Sqrt(expected * (1 - expected) / steps.Length));
                Assert.Equal(expected, chain.TransitionAt(value)[from * 2 + 1 - from], 1e-12);
            }
        }
        Assert.Throws<ArgumentException>(() => chain.Sample([4], RowSource.From([1.0, 2])));
        BootstrapResult refits = chain.Bootstrap(
            SequenceSource.From(RowSource.From(new double[400])).WithCovariates(RowSource.From(z[..400])), new() { Kind = BootstrapKind.Parametric, Replicates = 8 });
        Assert.True(refits.Estimates["logit z[1, 2]"].StandardError > 0);
    }

    /// <summary>Covariates that decide every move have no finite best coefficients: the fit ends, with finite ones, and says so.</summary>
    [Fact]
    public void PerfectSeparationIsFiniteAndNamed()
    {
        Random random = new(3);
        double[] counts = new double[300];
        double[] calls = new double[300];
        for (int step = 0, state = 0; step < 300; step++)
        {
            counts[step] = MathNet.Numerics.Distributions.Poisson.Sample(random, state == 0 ? 1 : 30);
            calls[step] = random.Next(5) == 0 ? 1 : 0;
            state = calls[step] == 1 ? 1 - state : state;
        }
        SequenceSource data = SequenceSource.From(RowSource.From(counts)).WithCovariates(RowSource.From(calls));
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 1 });
        Assert.Equal([0, 1], fit.Result.Degeneracies.Where(found => found.Message.Contains("without doubt")).Select(found => found.Component).Order());
        Assert.True(fit.Model.Logits!.Standard.All(double.IsFinite));
        HiddenMarkovFit<Poisson> doubtful = HiddenMarkovModel.Fit(new PoissonFamily(), Data(10, 60), 2, new() { Starts = 1 });
        Assert.DoesNotContain(doubtful.Result.Degeneracies, found => found.Message.Contains("without doubt"));
        RowSource twice = RowSource.From([.. calls.SelectMany(call => (double[])[call, 3 - 2 * call])], 2);
        Assert.Contains("combination", Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data.WithCovariates(twice), 2)).Message);
    }

    private static IEnumerable<(int[] Path, double Log)> Paths(HiddenMarkov<Poisson> parameters, SequenceSource data, int sequence)
    {
        for (int code = 0; code < 729; code++)
        {
            int[] path = [.. Enumerable.Range(0, 6).Select(t => code / (int)Math.Pow(3, t) % 3)];
            double sum = Math.Log(parameters.Initial[path[0]]);
            for (int t = 0; t < 6; t++)
            {
                long row = 6 * sequence + t;
                sum += MathNet.Numerics.Distributions.Poisson.PMFLn(parameters.Emissions[path[t]].Rate, (int)data.Rows.GetChunk(0)[(int)row, 0]);
                if (t > 0)
                {
                    double x = data.Covariates!.GetChunk(0)[(int)row - 1, 0];
                    double[] weights = [.. Enumerable.Range(0, 3).Select(to => to == path[t - 1] ? 1 : Math.Exp(parameters.Logits![path[t - 1], to, 0] + x * parameters.Logits[path[t - 1], to, 1]))];
                    sum += Math.Log(weights[path[t]] / weights.Sum());
                }
            }
            yield return (path, sum);
        }
    }

    /// <summary>Three states, somewhere off the maximum.</summary>
    private static (HiddenMarkovModel<Poisson> Model, HiddenMarkov<Poisson> Parameters) Start(SequenceSource data)
    {
        TransitionCovariates covariates = TransitionCovariates.Of(data.Covariates!);
        double[] transition = [0.7, 0.2, 0.1, 0.1, 0.6, 0.3, 0.2, 0.2, 0.6];
        HiddenMarkovModel<Poisson> model = new(new PoissonFamily(), 3, 1) { Covariates = covariates };
        HiddenMarkov<Poisson> flat = new([0.5, 0.3, 0.2], transition, [new Poisson(2), new Poisson(5), new Poisson(9)]) { Logits = TransitionLogits.From(transition, covariates) };
        double[] point = new double[model.CoordinateCount(flat)];
        model.WriteCoordinates(flat, point);
        Random random = new(5);
        for (int index = 2; index < 14; index++)
        {
            point[index] += 0.7 * Simulate.Normal(random);
        }
        Assert.True(model.TryReadCoordinates(point, flat, out HiddenMarkov<Poisson>? parameters));
        return (model, parameters);
    }

    /// <summary>Two states; years about 2000 make it likelier to leave the first for the second, and to stay there.</summary>
    private static SequenceSource Data(int sequences, int steps)
    {
        Random random = new(11);
        double[] counts = new double[sequences * steps];
        double[] years = new double[sequences * steps];
        for (int row = 0; row < counts.Length; row++)
        {
            years[row] = 1970 + random.Next(61);
        }
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            int state = random.Next(2);
            for (int t = 0; t < steps; t++)
            {
                int row = sequence * steps + t;
                counts[row] = MathNet.Numerics.Distributions.Poisson.Sample(random, state == 0 ? 2 : 8);
                double x = years[row] - 2000;
                double leave = 1 / (1 + Math.Exp(state == 0 ? 3 - 0.1 * x : -1 + 0.1 * x));
                state = random.NextDouble() < leave ? 1 - state : state;
            }
        }
        RowSource covariates = RowSource.From(years).WithSchema(Schema.Numeric(["year"]));
        return SequenceSource.From(RowSource.From(counts), [.. Enumerable.Repeat(steps, sequences)]).WithCovariates(covariates);
    }
}
