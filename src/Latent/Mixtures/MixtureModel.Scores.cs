using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

/// <content>
/// Natural parameters: the weights (none for a single component, or where they are held equal), that of the noise, then those of each component. The score of a row is its responsibilities
/// times the components' scores: ∂ log p/∂πₖ = rₖ/πₖ, ∂ log p/∂θₖ = rₖ·∂ log f(x; θₖ)/∂θₖ.
/// </content>
public sealed partial class MixtureModel<TComponent> : IScores<Mixture<TComponent>, RowChunk>
{
    /// <summary>Names of the columns, which the names of natural parameters repeat; x1, x2, … by default.</summary>
    public IReadOnlyList<string> ColumnNames
    {
        get => field ??= Schema.Numbered(Columns).Names;
        init => field = value.Count == Columns ? value : throw new ArgumentException($"Expected {Columns} column names, found {value.Count}.", nameof(value));
    }

    /// <summary>Whether the family has scores.</summary>
    public bool HasScores => Family is IScoreFamily<TComponent>;

    private NaturalComponents<TComponent> Natural => field ??= new(Family, Components, ColumnNames);

    private int NaturalWeights => EqualWeights || Densities == 1 ? 0 : Components;

    /// <summary>The parameters before those of the components.</summary>
    private int NaturalShares => NaturalWeights + NoiseLength;

    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(Mixture<TComponent> parameters) =>
    [
        .. Enumerable.Range(1, NaturalWeights).Select(k => new NaturalParameter($"weight[{k}]", ParameterScale.Logit)),
        .. Noise is null ? (NaturalParameter[])[] : [new("weight[noise]", ParameterScale.Logit)],
        .. Natural.Names,
    ];

    /// <inheritdoc/>
    public void WriteNaturalParameters(Mixture<TComponent> parameters, Span<double> values)
    {
        parameters.Weights.AsSpan()[..NaturalWeights].CopyTo(values);
        if (Noise is not null)
        {
            values[NaturalWeights] = parameters.NoiseWeight;
        }
        Natural.Write(parameters.Components.AsSpan(), values[NaturalShares..]);
    }

    /// <inheritdoc/>
    public void AddScores(Mixture<TComponent> parameters, RowChunk chunk, ScoreSum sum)
    {
        IScoreFamily<TComponent> family = (IScoreFamily<TComponent>)Family;
        const int stride = RowTile.Capacity;
        int length = Natural.PerComponent;
        double[] scores = ArrayPool<double>.Shared.Rent(sum.Length * stride);
        double[] own = ArrayPool<double>.Shared.Rent(length * stride);
        Span<double> weights = stackalloc double[stride];
        MixtureWorkspace<TComponent> workspace = Rent();
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += stride)
        {
            int count = Math.Min(stride, chunk.Rows - start);
            workspace.Load(parameters, unweighted, start, count);
            workspace.Normalize();
            int rows = workspace.PaddedRows;
            weights.Clear();
            weights[..count].Fill(1);
            if (!chunk.Weights.IsEmpty)
            {
                chunk.Weights.Slice(start, count).CopyTo(weights);
            }
            scores.AsSpan(0, sum.Length * stride).Clear();
            for (int k = 0; k < Components; k++)
            {
                ReadOnlySpan<double> responsibilities = workspace.Joint(k);
                if (responsibilities.IndexOfAnyExcept(0.0) < 0)
                {
                    continue;
                }
                if (NaturalWeights > 0)
                {
                    TensorPrimitives.Divide(responsibilities, parameters.Weights[k], scores.AsSpan(k * stride, rows));
                }
                family.WriteScores(parameters.Components[k], workspace.Raw, own);
                for (int j = 0; j < length; j++)
                {
                    AddScaled(own.AsSpan(j * stride, rows), responsibilities, scores.AsSpan((NaturalShares + Natural.Slots[k * length + j]) * stride, rows));
                }
            }
            if (Noise is not null)
            {
                AddNoiseScores(workspace.Joint(Components), parameters.NoiseWeight, scores.AsSpan(NaturalWeights * stride, rows));
            }
            sum.AddTile(weights[..rows], scores, stride);
        }
        Return(workspace);
        ArrayPool<double>.Shared.Return(scores);
        ArrayPool<double>.Shared.Return(own);
    }

    /// <summary>∂ log p/∂π₀ = r₀/π₀; where the other weights are (1 − π₀)/K, less (1 − r₀)/(1 − π₀).</summary>
    private void AddNoiseScores(ReadOnlySpan<double> responsibilities, double weight, Span<double> scores)
    {
        for (int row = 0; row < scores.Length && weight > 0; row++)
        {
            scores[row] = responsibilities[row] / weight - (EqualWeights ? (1 - responsibilities[row]) / (1 - weight) : 0);
        }
    }

    /// <summary>Adds scores times responsibilities; a row that does not belong adds nothing, however large its score.</summary>
    private static void AddScaled(ReadOnlySpan<double> scores, ReadOnlySpan<double> responsibilities, Span<double> target)
    {
        for (int row = 0; row < target.Length; row += Vector512<double>.Count)
        {
            Vector512<double> share = Vector512.Create(responsibilities[row..]);
            Vector512<double> term = share * Vector512.Create(scores[row..]);
            term = Vector512.ConditionalSelect(Vector512.GreaterThan(share, Vector512<double>.Zero), term, Vector512<double>.Zero);
            (Vector512.Create<double>(target[row..]) + term).CopyTo(target[row..]);
        }
    }
}
