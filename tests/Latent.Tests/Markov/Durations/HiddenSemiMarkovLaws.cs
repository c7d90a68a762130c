using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>What the hidden semi-Markov model obeys: all that the ordinary one does. Durations are Poisson up to six steps, and go on with the same hazard.</summary>
public class HiddenSemiMarkovLaws : HiddenMarkovLaws
{
    private const int Ages = 6;

    private static readonly double[] _moves = [0, 0.75, 0.25, 0.35, 0, 0.65, 0.7, 0.3, 0];
    private static readonly double[] _rates = [1.2, 0.6, 3];

    private static DurationFamily Family => DurationFamily.Poisson(Ages);

    private protected override HiddenMarkovModel<DiagonalGaussian> Chain => field ??= new(new DiagonalGaussianFamily(Columns), Count, Columns) { Durations = Family };

    protected override RecoveryCase<HiddenMarkov<DiagonalGaussian>, SequenceChunk> Recovery
    {
        get
        {
            HiddenMarkov<DiagonalGaussian> truth = new(Truth.Initial.AsSpan(), _moves, Truth.Emissions.AsSpan(), [.. _rates.Select(rate => Family.Create(rate))]);
            RecoveryCase<HiddenMarkov<DiagonalGaussian>, SequenceChunk> ordinary = base.Recovery;
            return new(
                truth,
                [Draw(new Random(Seed), 500)],
                new([1, 1, 1], [0, 1, 1, 1, 0, 1, 1, 1, 0], ordinary.Start.Emissions.AsSpan(), [Family.Create(2), Family.Create(2), Family.Create(2)]),
                Chain.FreeParameters);
        }
    }

    protected override SequenceChunk Draw(Random random, int observations)
    {
        HiddenMarkov<DiagonalGaussian> truth = new(Truth.Initial.AsSpan(), _moves, Truth.Emissions.AsSpan(), [.. _rates.Select(rate => Family.Create(rate))]);
        int[] lengths = [.. Enumerable.Range(0, observations).Select(_ => 1 + random.Next(9))];
        double[] values = new FittedHiddenMarkov<DiagonalGaussian>(Chain, truth, ["x1", "x2"]).Sample(lengths, (ulong)random.Next()).Values;
        int[] offsets = new int[observations + 1];
        for (int sequence = 0; sequence < observations; sequence++)
        {
            offsets[sequence + 1] = offsets[sequence] + lengths[sequence];
        }
        return new SequenceChunk(new RowChunk(values, Columns), offsets);
    }

    protected override HiddenMarkov<DiagonalGaussian> Parameters(Random random)
    {
        HiddenMarkov<DiagonalGaussian> ordinary = base.Parameters(random);
        double[] moves = [.. ordinary.Transition.Select((value, at) => at / Count == at % Count ? 0 : value)];
        return new(ordinary.Initial.AsSpan(), moves, ordinary.Emissions.AsSpan(), [.. Enumerable.Range(0, Count).Select(_ => Family.Create(0.3 + 3 * random.NextDouble()))]);
    }

    protected override double[] Flatten(HiddenMarkov<DiagonalGaussian> parameters) => [.. base.Flatten(parameters), .. parameters.Durations.Select(duration => duration.Parameters[0])];

    protected override double[] Coordinates(HiddenMarkov<DiagonalGaussian> parameters) =>
    [
        Math.Log(parameters.Initial[1] / parameters.Initial[0]),
        Math.Log(parameters.Initial[2] / parameters.Initial[0]),
        Math.Log(parameters[0, 2] / parameters[0, 1]),
        Math.Log(parameters[1, 2] / parameters[1, 0]),
        Math.Log(parameters[2, 1] / parameters[2, 0]),
        .. parameters.Durations.Select(duration => Math.Log(duration.Parameters[0])),
        .. parameters.Emissions.SelectMany(component => (double[])[.. component.Mean, .. component.Variances.ToArray().Select(value => Math.Log(value))]),
    ];

    protected override HiddenMarkov<DiagonalGaussian> FromCoordinates(double[] point) => new(
        [1, Math.Exp(point[0]), Math.Exp(point[1])],
        [0, 1, Math.Exp(point[2]), 1, 0, Math.Exp(point[3]), 1, Math.Exp(point[4]), 0],
        [.. Enumerable.Range(0, Count).Select(state => point[(8 + 4 * state)..(12 + 4 * state)]).Select(own => new DiagonalGaussian(own[..2], [.. own[2..].Select(Math.Exp)]))],
        [.. point[5..8].Select(value => Family.Create(Math.Exp(value)))]);

    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, HiddenMarkov<DiagonalGaussian> candidate, HiddenMarkov<DiagonalGaussian> current)
    {
        ReadOnlySpan<double> stays = statistic[^(2 * Count * Ages)..];
        double sum = 0;
        for (int state = 0; state < Count; state++)
        {
            for (int age = 0; age < Ages; age++)
            {
                double hazard = candidate.Durations[state].Probability(age + 1) / candidate.Durations[state].Survival(age + 1);
                sum += stays[2 * state * Ages + age] * Math.Log(hazard) + stays[(2 * state + 1) * Ages + age] * Math.Log(1 - hazard);
            }
        }
        return sum + base.ExpectedLogLikelihood(statistic, candidate, current);
    }
}
