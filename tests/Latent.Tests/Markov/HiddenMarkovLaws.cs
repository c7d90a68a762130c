using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>What the hidden Markov model with diagonal Gaussians in the plane obeys; an observation is a sequence of one to nine steps.</summary>
public class HiddenMarkovLaws : EmModelLaws<HiddenMarkov<DiagonalGaussian>, SequenceChunk>
{
    private protected const int Count = 3;
    private protected const int Columns = 2;

    private static readonly double[] _initial = [0.6, 0.3, 0.1];
    private static readonly double[] _transition = [0.8, 0.15, 0.05, 0.1, 0.7, 0.2, 0.3, 0.1, 0.6];
    private static readonly double[][] _means = [[-3, 0], [0, 2.5], [3, -1]];

    protected override IEmModel<HiddenMarkov<DiagonalGaussian>, SequenceChunk> Model => Chain;

    private protected virtual HiddenMarkovModel<DiagonalGaussian> Chain => field ??= new(new DiagonalGaussianFamily(Columns), Count, Columns);

    private protected static HiddenMarkov<DiagonalGaussian> Truth => new(_initial, _transition, [.. _means.Select(mean => new DiagonalGaussian(mean, [1, 1]))]);

    protected override RecoveryCase<HiddenMarkov<DiagonalGaussian>, SequenceChunk> Recovery => new(
        Truth,
        [Draw(new Random(Seed), 500)],
        new([1, 1, 1], [2, 1, 1, 1, 2, 1, 1, 1, 2], [.. _means.Select(mean => new DiagonalGaussian([mean[0] / 2 + 1, mean[1] / 2], [5, 5]))]),
        Chain.FreeParameters);

    protected override IReadOnlyList<AffineImage<HiddenMarkov<DiagonalGaussian>, SequenceChunk>> AffineImages =>
    [
        Image("thousandths", 1000, 0, 1e-9),
        Image("an origin at 2²⁶ and units of a sixteenth", 16, 1 << 26, 1e-6),
    ];

    protected override IReadOnlyList<DegenerateCase<SequenceChunk>> DegenerateData
    {
        get
        {
            SequenceChunk ordinary = Draw(new Random(Seed + 60), 20);
            return
            [
                new("no chunk", []),
                new("one empty chunk", [Draw(new Random(Seed), 0)]),
                new("one sequence", [Draw(new Random(Seed), 1)]),
                new("empty sequences alone", [new SequenceChunk(new RowChunk(Array.Empty<double>(), Columns), (int[])[0, 0, 0])]),
                new("all zero", [Edit(ordinary, (_, _) => 0)]),
                new("a missing cell", [Edit(ordinary, (index, value) => index == 7 ? double.NaN : value)]),
                new("a missing step", [Edit(ordinary, (index, value) => index / Columns == 7 ? double.NaN : value)]),
                new("all missing", [Edit(ordinary, (_, _) => double.NaN)]),
                new("an infinite cell", [Edit(ordinary, (index, value) => index == 7 ? double.PositiveInfinity : value)]),
                new("1e300", [Edit(ordinary, (index, value) => index == 7 ? 1e300 : value)]),
                new("all weights zero", [Weigh(ordinary, new double[20])]),
                new("a weight of NaN", [Weigh(ordinary, [.. Enumerable.Range(0, 20).Select(row => row == 3 ? double.NaN : 1)])]),
            ];
        }
    }

    protected override ICoordinates<HiddenMarkov<DiagonalGaussian>> OwnCoordinates => Chain;

    protected override SequenceChunk Draw(Random random, int observations)
    {
        List<double> values = [];
        List<int> offsets = [0];
        for (int sequence = 0; sequence < observations; sequence++)
        {
            int length = 1 + random.Next(9);
            int state = Simulate.Index(random, _initial);
            for (int t = 0; t < length; t++)
            {
                values.AddRange(_means[state].Select(mean => mean + Simulate.Normal(random)));
                state = Simulate.Index(random, _transition.AsSpan(state * Count, Count));
            }
            offsets.Add(offsets[^1] + length);
        }
        return new SequenceChunk(new RowChunk(values.ToArray(), Columns), offsets.ToArray());
    }

    protected override SequenceChunk Join(SequenceChunk first, SequenceChunk second) => new(
        new RowChunk((double[])[.. first.Steps.Values, .. second.Steps.Values], Columns, (double[])[.. WeightsOf(first), .. WeightsOf(second)]),
        (int[])[.. first.Offsets, .. second.Offsets[1..].ToArray().Select(offset => first.Steps.Rows + offset)]);

    protected override SequenceChunk Weigh(SequenceChunk chunk, double[] weights)
    {
        double[] own = WeightsOf(chunk);
        for (int sequence = 0; sequence < chunk.Sequences; sequence++)
        {
            for (int step = chunk.Offsets[sequence]; step < chunk.Offsets[sequence + 1]; step++)
            {
                own[step] *= weights[sequence];
            }
        }
        return new SequenceChunk(new RowChunk(chunk.Steps.Values.ToArray(), Columns, own), chunk.Offsets.ToArray());
    }

    protected override SequenceChunk Select(SequenceChunk chunk, int[] observations)
    {
        List<double> values = [];
        List<double> weights = [];
        List<int> offsets = [0];
        foreach (int sequence in observations)
        {
            values.AddRange(chunk[sequence].Values);
            weights.AddRange(Enumerable.Repeat(chunk.Weight(sequence), chunk[sequence].Rows));
            offsets.Add(values.Count / Columns);
        }
        return new SequenceChunk(new RowChunk(values.ToArray(), Columns, weights.ToArray()), offsets.ToArray());
    }

    protected override HiddenMarkov<DiagonalGaussian> Parameters(Random random) => new(
        [.. Simulate.Probabilities(random, Count).Select(share => 0.2 + share)],
        [.. Enumerable.Range(0, Count).SelectMany(_ => Simulate.Probabilities(random, Count).Select(share => 0.2 + share))],
        [.. _means.Select(mean => new DiagonalGaussian([.. mean.Select(value => 0.7 * value + 0.5 * Simulate.Normal(random))], [0.5 + random.NextDouble(), 0.5 + random.NextDouble()]))]);

    protected override double[] Flatten(HiddenMarkov<DiagonalGaussian> parameters) =>
        [.. parameters.Initial, .. parameters.Transition, .. parameters.Emissions.SelectMany(component => (double[])[.. component.Mean, .. component.Variances])];

    protected override double[] Coordinates(HiddenMarkov<DiagonalGaussian> parameters) =>
    [
        .. Ratios(parameters.Initial.AsSpan()),
        .. Enumerable.Range(0, Count).SelectMany(from => Ratios(parameters.Transition.AsSpan().Slice(from * Count, Count))),
        .. parameters.Emissions.SelectMany(component => (double[])[.. component.Mean, .. component.Variances.ToArray().Select(value => Math.Log(value))]),
    ];

    protected override HiddenMarkov<DiagonalGaussian> FromCoordinates(double[] point)
    {
        double[][] rows = [.. Enumerable.Range(0, Count + 1).Select(row => (double[])[1, .. point[(row * (Count - 1))..((row + 1) * (Count - 1))].Select(Math.Exp)])];
        double[] rest = point[((Count + 1) * (Count - 1))..];
        return new(
            rows[0],
            [.. rows[1..].SelectMany(row => row.Select(value => value / row.Sum()))],
            [.. Enumerable.Range(0, Count).Select(state => new DiagonalGaussian(rest[(4 * state)..(4 * state + 2)], [.. rest[(4 * state + 2)..(4 * state + 4)].Select(Math.Exp)]))]);
    }

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, HiddenMarkov<DiagonalGaussian> candidate, HiddenMarkov<DiagonalGaussian> current)
    {
        double sum = 0;
        for (int state = 0; state < Count; state++)
        {
            sum += statistic[state] * Math.Log(candidate.Initial[state]);
            ReadOnlySpan<double> own = statistic.Slice(2 * Count + Count * Count + state * 5, 5);
            for (int column = 0; column < Columns; column++)
            {
                double shift = current.Emissions[state].Mean[column] - candidate.Emissions[state].Mean[column];
                double square = own[3 + column] + 2 * shift * own[1 + column] + shift * shift * own[0];
                double variance = candidate.Emissions[state].Variances[column];
                sum -= 0.5 * (own[0] * Math.Log(variance) + square / variance);
            }
        }
        for (int at = 0; at < Count * Count; at++)
        {
            sum += candidate.Transition[at] > 0 ? statistic[2 * Count + at] * Math.Log(candidate.Transition[at]) : 0;
        }
        return sum;
    }

    protected override int Components(HiddenMarkov<DiagonalGaussian> parameters) => Count;

    protected override HiddenMarkov<DiagonalGaussian> Relabel(HiddenMarkov<DiagonalGaussian> parameters, int[] permutation) => parameters.Reorder(permutation);

    private static double[] Ratios(ReadOnlySpan<double> probabilities)
    {
        double first = probabilities[0];
        return [.. probabilities[1..].ToArray().Select(value => Math.Log(value / first))];
    }

    private static SequenceChunk Edit(SequenceChunk chunk, Func<int, double, double> edit) =>
        new(new RowChunk(chunk.Steps.Values.ToArray().Select((value, index) => edit(index, value)).ToArray(), Columns), chunk.Offsets.ToArray());

    private static AffineImage<HiddenMarkov<DiagonalGaussian>, SequenceChunk> Image(string name, double scale, double offset, double tolerance)
    {
        HiddenMarkov<DiagonalGaussian> Map(HiddenMarkov<DiagonalGaussian> parameters, double factor, double shift) => new(
            parameters.Initial.AsSpan(),
            parameters.Transition.AsSpan(),
            [.. parameters.Emissions.Select(component => new DiagonalGaussian(
                [.. component.Mean.ToArray().Select(value => factor * value + shift)], [.. component.Variances.ToArray().Select(value => factor * factor * value)]))],
            parameters.Durations.AsSpan());
        return new(
            name,
            chunk => Edit(chunk, (_, value) => scale * value + offset),
            parameters => Map(parameters, scale, offset),
            parameters => Map(parameters, 1 / scale, -offset / scale),
            chunk => chunk.Steps.Rows * Columns * Math.Log(scale),
            tolerance);
    }

    private static double[] WeightsOf(SequenceChunk chunk) =>
        chunk.Steps.Weights.IsEmpty ? [.. Enumerable.Repeat(1.0, chunk.Steps.Rows)] : chunk.Steps.Weights.ToArray();
}

/// <summary>The same with priors of the chain: the M-step is the mode.</summary>
public class HiddenMarkovPriorLaws : HiddenMarkovLaws
{
    private protected override HiddenMarkovModel<DiagonalGaussian> Chain => field ??=
        new(new DiagonalGaussianFamily(Columns), Count, Columns, prior: new ChainPrior(Initial: 2, Transition: 1.5, Stay: 4));
}
