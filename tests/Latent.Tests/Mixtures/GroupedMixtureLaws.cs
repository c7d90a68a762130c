using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>Mixtures over groups of one to five rows obey the laws of models; an observation is a group.</summary>
public sealed class GroupedMixtureLaws : EmModelLaws<Mixture<DiagonalGaussian>, SequenceChunk>
{
    private const int Columns = 2;

    private static readonly double[][] _means = [[-1, 0], [0, 1], [2, -1]];

    private readonly GroupedMixtureModel<DiagonalGaussian> _model = new(new MixtureModel<DiagonalGaussian>(new DiagonalGaussianFamily(Columns), 3, Columns));

    protected override IEmModel<Mixture<DiagonalGaussian>, SequenceChunk> Model => _model;

    protected override ICoordinates<Mixture<DiagonalGaussian>> OwnCoordinates => _model;

    protected override SequenceChunk Draw(Random random, int observations)
    {
        List<double> values = [];
        List<int> offsets = [0];
        for (int group = 0; group < observations; group++)
        {
            int rows = 1 + random.Next(5);
            double[] mean = _means[random.Next(3)];
            for (int row = 0; row < rows; row++)
            {
                values.AddRange(mean.Select(value => value + Simulate.Normal(random)));
            }
            offsets.Add(offsets[^1] + rows);
        }
        return new SequenceChunk(new RowChunk(values.ToArray(), Columns), offsets.ToArray());
    }

    protected override SequenceChunk Join(SequenceChunk first, SequenceChunk second) => new(
        new RowChunk((double[])[.. first.Steps.Values, .. second.Steps.Values], Columns),
        (int[])[.. first.Offsets, .. second.Offsets[1..].ToArray().Select(offset => first.Steps.Rows + offset)]);

    protected override Mixture<DiagonalGaussian> Parameters(Random random) => new(
        Simulate.Probabilities(random, 3),
        [.. _means.Select(mean => new DiagonalGaussian([.. mean.Select(value => value + 0.3 * Simulate.Normal(random))], [0.5 + random.NextDouble(), 0.5 + random.NextDouble()]))]);

    protected override double[] Flatten(Mixture<DiagonalGaussian> parameters) =>
        [.. parameters.Weights, .. parameters.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Variances])];

    protected override int Components(Mixture<DiagonalGaussian> parameters) => 3;

    protected override Mixture<DiagonalGaussian> Relabel(Mixture<DiagonalGaussian> parameters, int[] permutation) => new(
        [.. permutation.Select(k => parameters.Weights[k])], [.. permutation.Select(k => parameters.Components[k])]);
}
