using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Small chains and sequences for the tests.</summary>
internal static class MarkovData
{
    /// <summary>A random chain with Gaussian states on a line.</summary>
    public static HiddenMarkov<DiagonalGaussian> Line(int states, int columns, int seed = 5)
    {
        Random random = new(seed);
        return new(
            Simulate.Probabilities(random, states),
            [.. Enumerable.Range(0, states).SelectMany(_ => Simulate.Probabilities(random, states))],
            [.. Enumerable.Range(0, states).Select(state => new DiagonalGaussian([.. Enumerable.Range(0, columns).Select(_ => state + Simulate.Normal(random))], [.. Enumerable.Range(0, columns).Select(_ => 0.5 + random.NextDouble())]))]);
    }

    public static FittedHiddenMarkov<DiagonalGaussian> Fitted(HiddenMarkov<DiagonalGaussian> parameters) => new(
        new HiddenMarkovModel<DiagonalGaussian>(new DiagonalGaussianFamily(parameters.Emissions[0].Dimension), parameters.States, parameters.Emissions[0].Dimension),
        parameters,
        Schema.Numbered(parameters.Emissions[0].Dimension).Names);

    /// <summary>Sequences of the given lengths drawn from a model.</summary>
    public static SequenceSource Draw(FittedHiddenMarkov model, params int[] lengths) =>
        SequenceSource.From(RowSource.From(model.Sample(lengths).Values, model.ColumnNames.Length), lengths);

    /// <summary>log b of one chunk's sequence, from the components' own densities; 0 where all cells are missing.</summary>
    public static double[][] LogDensities(HiddenMarkov<DiagonalGaussian> parameters, RowChunk rows)
    {
        double[][] values = new double[rows.Rows][];
        double[] cells = new double[rows.Columns];
        for (int t = 0; t < values.Length; t++)
        {
            rows.CopyRow(t, cells);
            values[t] = [.. parameters.Emissions.Select(component => cells.All(double.IsNaN) ? 0 : component.LogDensity(cells))];
        }
        return values;
    }
}
