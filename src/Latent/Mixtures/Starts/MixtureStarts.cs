using Latent.Clustering;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Mixtures.Starts;

/// <summary>
/// Makes starting parameters: a partition of the rows, then one M-step of all components from a common reference component.
/// Start 0, 2, 4 … take their partition from greedy k-means++ and a few Lloyd steps, start 1, 3, 5 … from random rows as centres;
/// columns are measured in their standard deviations, so that units play no part.
/// </summary>
internal sealed class MixtureStarts<TComponent>
{
    private readonly MixtureModel<TComponent> _model;
    private readonly IRowSource _rows;
    private readonly MixtureOptions<TComponent> _options;
    private readonly Mixture<TComponent> _reference;
    private readonly double[] _means;
    private readonly double[] _scales;

    public MixtureStarts(MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options)
    {
        if (model.Family is not IStartingFamily<TComponent> family)
        {
            throw new ArgumentException($"Expected a family that can start from the data, or a start; {model.Family.GetType().Name} cannot. Give Start.");
        }
        _model = model;
        _rows = rows;
        _options = options;
        TComponent[] components = new TComponent[model.Components];
        Array.Fill(components, family.Reference(summary));
        double[] weights = new double[model.Components];
        Array.Fill(weights, 1);
        _reference = new Mixture<TComponent>(weights, components);
        _means = [.. summary.Means];
        _scales = [.. summary.Variances.Select(variance => variance > 0 ? 1 / Math.Sqrt(variance) : 0)];
    }

    /// <summary>The start of an index, the same each time.</summary>
    /// <exception cref="DegenerateStartException">The partition leaves a component without rows.</exception>
    public Mixture<TComponent> Make(int index, CancellationToken cancellation)
    {
        RandomGenerator random = new(_options.Seed, (ulong)index + 1);
        double[][] centres = index % 2 == 0 ? KMeansCentres(random, cancellation) : RandomCentres(random);
        return FromPartition(new NearestCentre(centres, _scales), cancellation);
    }

    /// <summary>The M-step of a known partition.</summary>
    public Mixture<TComponent> FromLabels(IReadOnlyList<int> labels, CancellationToken cancellation)
    {
        if (labels.Count != _rows.Rows)
        {
            throw new ArgumentException($"Expected {_rows.Rows} start labels, one per row, found {labels.Count}.");
        }
        int wrong = labels.FirstOrDefault(label => label < -1 || label >= _model.Components, 0);
        return wrong == 0 || wrong < _model.Components && wrong > 0
            ? FromPartition(new KnownLabels(labels), cancellation)
            : throw new ArgumentException($"Expected start labels from 0 to {_model.Components - 1} (or -1 for none), found {wrong}.");
    }

    /// <summary>Equal weights, the given means, and everything else as in the data taken as one component.</summary>
    public Mixture<TComponent> FromMeans(IReadOnlyList<double[]> means, CancellationToken cancellation)
    {
        if (means.Count != _model.Components || means.Any(mean => mean.Length != _model.Columns))
        {
            throw new ArgumentException($"Expected {_model.Components} starting means of {_model.Columns} values each, found {means.Count} of {string.Join(", ", means.Select(mean => mean.Length).Distinct())}.");
        }
        if (_model.Family is not ILocationFamily<TComponent> family)
        {
            throw new ArgumentException($"Expected a family with a mean for a start from means, found {_model.Family.GetType().Name}.");
        }
        TComponent pooled = Pooled(cancellation);
        return new Mixture<TComponent>(_reference.Weights.AsSpan(), means.Select(mean => family.MoveTo(pooled, mean)).ToArray());
    }

    /// <summary>The component that all rows together have.</summary>
    public TComponent Pooled(CancellationToken cancellation)
    {
        MixtureModel<TComponent> single = new(_model.Family, 1, _model.Columns);
        Mixture<TComponent> whole = new([1.0], [_reference.Components[0]]);
        return Sweep.Step(single, _rows, whole, _options, cancellation).Components[0];
    }

    private Mixture<TComponent> FromPartition(IAssignment assignment, CancellationToken cancellation) =>
        Sweep.Step(new PartitionModel<TComponent>(_model, assignment), _rows, _reference, _options, cancellation);

    private double[][] RandomCentres(RandomGenerator random) =>
        [.. RowSample.Distinct(_rows, _model.Components, random)];

    private double[][] KMeansCentres(RandomGenerator random, CancellationToken cancellation) =>
        KMeans.Start(_rows, _model.Components, _means, _scales, random, _options.ThreadCount, cancellation: cancellation);
}
