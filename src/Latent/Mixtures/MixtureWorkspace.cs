using System.Numerics.Tensors;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>
/// The buffers of one thread and the walk over one tile that fitting, prediction and scoring share, so that all see the
/// same bits: densities of all components, then responsibilities. Of size tile × components, never rows × components.
/// </summary>
internal sealed class MixtureWorkspace<TComponent>
{
    private const int Stride = RowTile.Capacity;

    private readonly IFamily<TComponent, RowTile> _family;
    private readonly ITileTransform<TComponent>? _transform;
    private readonly RowTile _raw;
    private readonly RowTile _mapped;
    private readonly AlignedBuffer _scratch;
    private readonly AlignedBuffer _joint;
    private readonly AlignedBuffer _logDensity = new(Stride);
    private readonly AlignedBuffer _unused = new(Stride);
    private readonly int _scratchLength;
    private readonly UniformNoise? _noise;
    private int _count;

    public MixtureWorkspace(IFamily<TComponent, RowTile> family, int columns, int components, UniformNoise? noise = null)
    {
        _noise = noise;
        _family = family;
        _transform = family as ITileTransform<TComponent>;
        _raw = new RowTile(columns);
        _mapped = _transform is null ? _raw : new RowTile(columns);
        _scratchLength = family.ScratchLength(Stride);
        _scratch = new AlignedBuffer(components * _scratchLength);
        _joint = new AlignedBuffer((noise is null ? components : components + 1) * Stride);
    }

    /// <summary>The tile as the family sees it.</summary>
    public RowTile Tile => _mapped;

    /// <summary>The tile as the data are.</summary>
    public RowTile Raw => _raw;

    /// <summary>Rows of the tile, padded.</summary>
    public int PaddedRows => _mapped.PaddedRows;

    /// <summary>After <see cref="Load"/>: log πₖ + log f; after <see cref="Normalize"/>: responsibilities times row weights.</summary>
    public Span<double> Joint(int component) => _joint.Span.Slice(component * Stride, PaddedRows);

    /// <summary>log p(x) of each row, after <see cref="Normalize"/>.</summary>
    public ReadOnlySpan<double> LogDensity => _logDensity.Span[..PaddedRows];

    /// <summary>Loads rows of a chunk and evaluates every component on them.</summary>
    /// <param name="mixture">The components.</param>
    /// <param name="chunk">The rows.</param>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many, at most a tile's capacity.</param>
    /// <param name="prune">
    /// Whether a component may give up on rows that it gets nothing of. Not where the weights of <see cref="Accumulate"/> come from elsewhere.
    /// </param>
    public void Load(Mixture<TComponent> mixture, in RowChunk chunk, int start, int count, bool prune = true)
    {
        _raw.Load(chunk, start, count);
        if (_transform is not null)
        {
            _mapped.Resize(_raw);
            _transform.Transform(mixture.Components.AsSpan(), _raw, _mapped);
        }
        Span<double> greatest = _logDensity.Span[..PaddedRows];
        greatest.Fill(double.NegativeInfinity);
        for (int k = 0; k < mixture.Count; k++)
        {
            Span<double> joint = Joint(k);
            _family.LogDensity(mixture.Components[k], _mapped, Scratch(k), joint);
            AddKnown(chunk.Known, start, k, joint);
            double next = k + 1 < mixture.Count ? mixture.LogWeights[k + 1] : 0;
            Kernels.Joint.Add(joint, mixture.LogWeights[k], greatest, next, prune ? _mapped.Floor : _unused.Span, Simd.Level);
        }
        _count = mixture.Count;
        if (_noise is not null)
        {
            Span<double> joint = Joint(_count++);
            _noise.LogDensity(_raw, joint);
            AddKnown(chunk.Known, start, mixture.Count, joint);
            TensorPrimitives.Add(joint, mixture.LogNoiseWeight, joint);
        }
    }

    /// <summary>All components' joints one after another, with stride <see cref="RowTile.Capacity"/>.</summary>
    public Span<double> Joints => _joint.Span;

    /// <summary>
    /// Turns joint log-densities, that of the noise among them, into weighted responsibilities, soft ones unless another kind is asked for, and returns the objective: Σ w·log p(x) for soft ones.
    /// </summary>
    public double Normalize(ResponsibilityTransform? responsibilities = null) =>
        (responsibilities ?? ResponsibilityTransform.Soft).Apply(_joint.Span, Stride, _count, _mapped.Weights, _logDensity.Span[..PaddedRows]);

    /// <summary>Adds a component's statistic, unless no row of the tile belongs to it.</summary>
    public void Accumulate(TComponent component, int k, Span<double> statistic)
    {
        ReadOnlySpan<double> weights = Joint(k);
        if (weights.IndexOfAnyExcept(0.0) >= 0)
        {
            _family.Accumulate(component, _mapped, Scratch(k), weights, statistic);
        }
    }

    /// <summary>Adds the statistic of the rows themselves, each with its weight in all components together.</summary>
    public void AccumulateTile(int components, Span<double> statistic)
    {
        if (statistic.IsEmpty)
        {
            return;
        }
        Span<double> weights = stackalloc double[Stride];
        weights = weights[..PaddedRows];
        weights.Clear();
        for (int k = 0; k < components; k++)
        {
            TensorPrimitives.Add(weights, Joint(k), weights);
        }
        _transform!.AccumulateTile(_mapped, weights, statistic);
    }

    /// <summary>Adds the factors of what is known, before anything is pruned by the greatest joint density.</summary>
    private void AddKnown(in KnownComponents known, int start, int component, Span<double> joint)
    {
        for (int row = 0; row < _raw.Rows && !known.IsEmpty; row++)
        {
            joint[row] += known.LogFactor(start + row, component);
        }
    }

    private Span<double> Scratch(int component) => _scratch.Span.Slice(component * _scratchLength, _scratchLength);
}
