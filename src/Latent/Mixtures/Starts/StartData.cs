using System.Collections.Concurrent;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Mixtures.Starts;

/// <summary>What all starts of a fit share: data, model, reference component, the ranking's penalty, samples of rows.</summary>
internal sealed class StartData<TComponent>
{
    private readonly TComponent _reference;
    private readonly ConcurrentDictionary<(int, ResponsibilityTransform), MixtureModel<TComponent>> _models = [];
    private readonly ConcurrentDictionary<int, Lazy<StartSample>> _samples = [];
    private readonly Lazy<TComponent> _pooled;
    private (Mixture<TComponent> Parent, Cut[] Cuts)? _cuts;

    public StartData(MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options)
    {
        if (model.Family is not IStartingFamily<TComponent> family)
        {
            throw new ArgumentException($"Expected a family that can start from the data, or a start; {model.Family.GetType().Name} cannot. Give Start.");
        }
        Model = model;
        Rows = rows;
        Summary = summary;
        Options = options;
        _reference = family.Reference(summary);
        Scales = [.. summary.Variances.Select(variance => variance > 0 ? 1 / Math.Sqrt(variance) : 0)];
        _pooled = new Lazy<TComponent>(() => Sweep.Step(ModelOf(1), UnknownRows.Of(Rows), Reference(1), Options).Components[0]);
    }

    public MixtureModel<TComponent> Model { get; }

    public IRowSource Rows { get; }

    public ColumnSummary Summary { get; }

    public MixtureOptions<TComponent> Options { get; }

    /// <summary>The weight of the noise in a start that does not say.</summary>
    public double NoiseStart => Options.Noise?.StartWeight ?? 0;

    /// <summary>One over each column's standard deviation, zero for a constant one.</summary>
    public double[] Scales { get; }

    public StartContext<TComponent> Context(int start, int threads, CancellationToken cancellation) =>
        new(this, new RandomGenerator(Options.Seed, (ulong)start + 1), threads, cancellation);

    public MixtureModel<TComponent> ModelOf(int components, ResponsibilityTransform? responsibilities = null)
    {
        responsibilities ??= Model.Responsibilities;
        return components == Model.Components && responsibilities == Model.Responsibilities
            ? Model
            : _models.GetOrAdd((components, responsibilities), key => Model.With(key.Item1, key.Item2, Model.ExtraRows));
    }

    public TComponent Pooled(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _pooled.Value;
    }

    /// <summary>So many reference components of equal weight: the origin of first M-steps.</summary>
    public Mixture<TComponent> Reference(int components)
    {
        double[] weights = new double[components];
        Array.Fill(weights, 1);
        TComponent[] references = new TComponent[components];
        Array.Fill(references, _reference);
        return new Mixture<TComponent>(weights, references);
    }

    /// <summary>Chen and Tan's penalty a·Σₖ(tr(SΣₖ⁻¹) + log |Σₖ|) with a = 1/n [ChenTan2009], for families that have one.</summary>
    public double Penalty(Mixture<TComponent> mixture) => Model.Family is ICollapsePenalty<TComponent> family and not IPriorFamily<TComponent> { HasPrior: true }
        ? mixture.Components.Sum(component => family.CollapsePenalty(component, _pooled.Value)) / Summary.Weight
        : 0;

    /// <summary>The mixture with one component less than the model has, grown where the one given has fewer, and its cuts.</summary>
    public (Mixture<TComponent> Parent, Cut[] Cuts) Cuts(StartContext<TComponent> context)
    {
        lock (_samples)
        {
            if (_cuts is null)
            {
                Mixture<TComponent> parent = new SplitInitializer().Grown(context, Model.Components - 1);
                _cuts = (parent, SampledComponents<TComponent>.Of(context, parent).Cuts());
            }
            return _cuts.Value;
        }
    }

    public StartSample Sample(int rows) =>
        _samples.GetOrAdd(rows, count => new Lazy<StartSample>(() => StartSample.Of(Rows, count, Summary, Scales, Options.Seed))).Value;
}

/// <summary>A few rows in standard units.</summary>
/// <param name="Rows">The rows as they are.</param>
/// <param name="Values">(x − mean)/deviation, row-major; missing cells and constant columns zero.</param>
/// <param name="Weights">One per row.</param>
internal sealed record StartSample(IRowSource Rows, double[] Values, double[] Weights)
{
    public int Count => Weights.Length;

    public static StartSample Of(IRowSource rows, int most, ColumnSummary summary, double[] scales, ulong seed)
    {
        IRowSource taken = rows.Rows > most ? RowSample.Take(rows, most, seed) : rows;
        int columns = rows.Columns;
        double[] values = new double[checked((int)taken.Rows * columns)];
        double[] weights = new double[taken.Rows];
        for (int row = 0; row < weights.Length; row++)
        {
            Span<double> target = values.AsSpan(row * columns, columns);
            taken.CopyRow(row, target);
            for (int column = 0; column < columns; column++)
            {
                double value = (target[column] - summary.Means[column]) * scales[column];
                target[column] = double.IsNaN(value) ? 0 : value;
            }
            weights[row] = taken.Weight(row);
        }
        return new StartSample(taken, values, weights);
    }
}
