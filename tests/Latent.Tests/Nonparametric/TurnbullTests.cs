using Latent.Data;
using Latent.Nonparametric;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Nonparametric;

/// <summary>Interval-censored events: the optimum is certified, and equal to what the textbook's dense recursion finds.</summary>
public sealed class TurnbullTests
{
    // Breast retraction after radiotherapy [FinkelsteinWolfe1985]; the count of methods that step by the plain recursion from equal masses.
    private static readonly (double Left, double Right)[] _radiotherapy =
    [
        (45, double.NaN), (6, 10), (0, 7), (46, double.NaN), (46, double.NaN), (7, 16), (17, double.NaN), (7, 14), (37, 44), (0, 8), (4, 11), (15, double.NaN),
        (11, 15), (22, double.NaN), (46, double.NaN), (46, double.NaN), (25, 37), (46, double.NaN), (26, 40), (46, double.NaN), (27, 34), (36, 44), (46, double.NaN), (36, 48),
        (37, double.NaN), (40, double.NaN), (17, 25), (46, double.NaN), (11, 18), (38, double.NaN), (5, 12), (37, double.NaN), (0, 5), (18, double.NaN), (24, double.NaN), (36, double.NaN),
        (5, 11), (19, 35), (17, 25), (24, double.NaN), (32, double.NaN), (33, double.NaN), (19, 26), (37, double.NaN), (34, double.NaN), (36, double.NaN),
    ];

    [Fact]
    public void RadiotherapyHasThePublishedLikelihoodAndACertificate()
    {
        TurnbullFit fit = TurnbullEstimate.Fit(Rows(_radiotherapy));
        Assert.Equal(-58.060021954, fit.LogLikelihood, 1e-6);
        Assert.Equal(14, fit.Innermost.Count);
        Assert.True(fit.Result.Converged);
        Assert.InRange(fit.Result.RemainingGain, 0, 1.1e-6);
        Assert.Equal(0.4656, fit.Estimate.Masses[^1], 4);
        Assert.Equal((48, 46), (fit.Estimate.Right[^1], fit.Estimate.Left[^1]));
    }

    [Fact]
    public void RandomIntervalsAreFittedAsByTheDenseRecursion()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            RandomGenerator random = new(seed);
            (double Left, double Right)[] events = [.. Enumerable.Range(0, 5 + (int)seed).Select(_ =>
            {
                double time = Math.Floor(20 * random.NextDouble());
                return random.NextInt64(5) switch
                {
                    0 => (time, time),
                    1 => (time, double.NaN),
                    2 => (double.NaN, time),
                    _ => (time, time + 1 + random.NextInt64(6)),
                };
            })];
            double[] weights = [.. events.Select(_ => (double)random.NextInt64(4))];
            weights[0] = 1;
            TurnbullFit fit = TurnbullEstimate.Fit(Rows(events).WithWeights(weights));
            (double[] masses, double likelihood) = Dense(fit.Innermost, events, weights);
            Assert.True(Math.Abs(likelihood - fit.LogLikelihood) <= 3e-6, $"seed {seed}: {likelihood:R} {fit.LogLikelihood:R} {fit.Result.StopReason} {fit.Result.RemainingGain}");
            Assert.Equal(1, fit.Estimate.Masses.Sum(), 12);
            Assert.Equal(masses.Count(mass => mass > 0.01), fit.Estimate.Masses.Count(mass => mass > 0.01));
        }
    }

    [Fact]
    public void ExactEventsAloneGiveTheirFrequencies()
    {
        TurnbullFit fit = TurnbullEstimate.Fit(Rows([(1, 1), (2, 2), (2, 2), (5, 5)]));
        Assert.Equal([1.0, 2.0, 5.0], fit.Estimate.Right.ToArray());
        Assert.Equal([0.25, 0.5, 0.25], fit.Estimate.Masses.Select(mass => Math.Round(mass, 12)));
        Assert.Equal((0.75, 0.75), fit.Estimate.Distribution(2));
        Assert.Equal((0.25, 0.25), fit.Estimate.Distribution(1.5));
    }

    [Fact]
    public void RightCensoringGivesKaplanAndMeier()
    {
        // Events at 1, 3, 4; censored at 2 and beyond 4: S(1) = 4/5, S(3) = 4/5·2/3, S(4) = 4/5·2/3·1/2.
        TurnbullFit fit = TurnbullEstimate.Fit(Rows([(1, 1), (2, double.NaN), (3, 3), (4, 4), (4, double.NaN)]));
        double[] survival = [0.8, 0.8 * 2 / 3, 0.8 * 2 / 3 / 2];
        double[] times = [1, 3, 4];
        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(1 - survival[j], fit.Estimate.Distribution(times[j]).Upper, 6);
        }
        Assert.Equal(double.PositiveInfinity, fit.Estimate.Right[^1]);
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        RandomGenerator random = new(3);
        RowSource rows = Rows([.. Enumerable.Range(0, 20_000).Select(_ => (Math.Floor(50 * random.NextDouble()), 50 + Math.Floor(20 * random.NextDouble())))]);
        double[] one = [.. TurnbullEstimate.Fit(rows, new EmOptions { Threads = 1 }).Estimate.Masses];
        Assert.Equal(one, TurnbullEstimate.Fit(rows, new EmOptions { Threads = 4 }).Estimate.Masses);
    }

    [Fact]
    public void EndsInTheWrongOrderAreNamed() =>
        Assert.Contains("row 2, found 5 and 3", Assert.Throws<ArgumentException>(() => TurnbullEstimate.Fit(Rows([(1, 2), (5, 3)]))).Message);

    // Rows × intervals, 20,000 steps of p ← mean of w·A·p/(A·p).
    private static (double[] Masses, double LogLikelihood) Dense(CensoredIntervals innermost, (double Left, double Right)[] events, double[] weights)
    {
        bool Covers((double Left, double Right) seen, int j)
        {
            double from = double.IsNaN(seen.Left) ? double.NegativeInfinity : seen.Left;
            double to = double.IsNaN(seen.Right) ? double.PositiveInfinity : seen.Right;
            bool point = innermost.Left[j] == innermost.Right[j];
            bool begins = from == to || !point ? innermost.Left[j] >= from : innermost.Left[j] > from;
            return begins && innermost.Right[j] <= to;
        }
        bool[][] covered = [.. events.Select(seen => Enumerable.Range(0, innermost.Count).Select(j => Covers(seen, j)).ToArray())];
        double[] masses = [.. Enumerable.Repeat(1.0 / innermost.Count, innermost.Count)];
        double likelihood = 0;
        for (int step = 0; step < 20_000; step++)
        {
            double[] next = new double[masses.Length];
            likelihood = 0;
            for (int row = 0; row < events.Length; row++)
            {
                if (weights[row] == 0)
                {
                    continue;
                }
                double mass = covered[row].Zip(masses).Sum(pair => pair.First ? pair.Second : 0);
                likelihood += weights[row] * Math.Log(mass);
                for (int j = 0; j < next.Length; j++)
                {
                    next[j] += covered[row][j] ? weights[row] * masses[j] / mass / weights.Sum() : 0;
                }
            }
            masses = next;
        }
        return (masses, likelihood);
    }

    private static RowSource Rows((double Left, double Right)[] events)
    {
        RowBuilder rows = new(2);
        foreach ((double left, double right) in events)
        {
            rows.Add([left, right]);
        }
        return rows.ToRows(Schema.Numeric("left", "right"));
    }
}

/// <summary>Masses over intervals obey the laws of models.</summary>
public sealed class TurnbullLaws : RowModelLaws<IntervalMasses>
{
    private const int Intervals = 7;

    protected override IEmModel<IntervalMasses, RowChunk> Model { get; } = new TurnbullModel(Intervals);

    protected override int Columns => 2;

    protected override void DrawRow(Random random, Span<double> row)
    {
        row[0] = random.Next(Intervals);
        row[1] = random.Next((int)row[0], Intervals);
    }

    protected override IntervalMasses Parameters(Random random) => new(Simulate.Probabilities(random, Intervals));

    protected override double[] Flatten(IntervalMasses parameters) => [.. parameters.Masses];
}
