using System.Runtime.Intrinsics;
using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>The buffers of one thread: those of the mixture, and the weights of the components row by row.</summary>
internal sealed class ConcomitantWorkspace<TComponent>(MixtureModel<TComponent> model)
{
    private const int Stride = RowTile.Capacity;

    private readonly AlignedBuffer _shares = new(model.Components * Stride);
    private readonly AlignedBuffer _logSums = new(Stride);
    private readonly AlignedBuffer _ones = Ones();

    /// <summary>Tile, densities, and after <see cref="Load"/> the responsibilities times row weights.</summary>
    public MixtureWorkspace<TComponent> Mixture { get; } = new(model.Family, model.Columns, model.Components);

    /// <summary>πₖ(z) of every row of the tile.</summary>
    public Span<double> Shares(int component) => _shares.Span.Slice(component * Stride, Mixture.PaddedRows);

    /// <summary>Evaluates rows of a chunk; returns Σ w·log p(row).</summary>
    public double Load(ConcomitantMixture<TComponent> parameters, in RowChunk chunk, int start, int count, int first)
    {
        Mixture.Load(parameters.Equal, chunk, start, count, prune: false);
        int components = parameters.Components.Length;
        for (int k = 0; k < components; k++)
        {
            LinearPredictor(parameters.Gate.AsSpan().Slice(k * parameters.Terms, parameters.Terms), first, Shares(k));
        }
        Span<double> logSums = _logSums.Span[..Mixture.PaddedRows];
        for (int k = 0; k < components; k++)
        {
            Add(Shares(k), -parameters.Equal.LogWeights[k], Mixture.Joint(k));
        }
        Softmax.Normalize(_shares.Span, Stride, components, _ones.Span[..Mixture.PaddedRows], logSums);
        for (int k = 0; k < components; k++)
        {
            Subtract(logSums, Mixture.Joint(k));
        }
        return Mixture.Normalize();
    }

    private static AlignedBuffer Ones()
    {
        AlignedBuffer ones = new(Stride);
        ones.Span.Fill(1);
        return ones;
    }

    private void LinearPredictor(ReadOnlySpan<double> coefficients, int first, Span<double> eta)
    {
        eta.Clear();
        for (int term = 0; term < coefficients.Length; term++)
        {
            Vector512<double> coefficient = Vector512.Create(coefficients[term]);
            ReadOnlySpan<double> z = Mixture.Raw.Column(first + term);
            for (int row = 0; row < eta.Length; row += Vector512<double>.Count)
            {
                Vector512.FusedMultiplyAdd(coefficient, Vector512.Create(z[row..]), Vector512.Create<double>(eta[row..])).CopyTo(eta[row..]);
            }
        }
    }

    private static void Add(ReadOnlySpan<double> values, double constant, Span<double> target)
    {
        for (int row = 0; row < target.Length; row++)
        {
            target[row] += values[row] + constant;
        }
    }

    private static void Subtract(ReadOnlySpan<double> values, Span<double> target)
    {
        for (int row = 0; row < target.Length; row++)
        {
            target[row] -= values[row];
        }
    }
}
