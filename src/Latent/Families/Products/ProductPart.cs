using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>A family as one block of a <see cref="ProductFamily"/>, its type of component forgotten.</summary>
public abstract class ProductPart
{
    private protected ProductPart(int columns, int statisticLength, int freeParameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Columns = columns;
        StatisticLength = statisticLength;
        FreeParameters = freeParameters;
    }

    /// <summary>Columns of the block.</summary>
    public int Columns { get; }

    internal int StatisticLength { get; }

    internal int FreeParameters { get; }

    /// <summary>The family, where its density is a sum over few functions.</summary>
    internal ILinearFamily? Linear { get; private protected init; }

    /// <summary>The family.</summary>
    public abstract object Family { get; }

    /// <summary>A block of columns with a family that has every ability a mixture asks for.</summary>
    /// <param name="family">The family.</param>
    /// <param name="columns">The number of columns that it reads.</param>
    public static ProductPart Of<TFamily, TComponent>(TFamily family, int columns)
        where TFamily : IFamily<TComponent, RowTile>, IStartingFamily<TComponent>, ISamplingFamily<TComponent>, ICoordinateFamily<TComponent>, IScoreFamily<TComponent> =>
        new ProductPart<TComponent>(family, family, family, family, family, columns);

    /// <summary>A block of the columns that a family of named numbers reads.</summary>
    public static ProductPart Of<TComponent>(ParametricFamily<TComponent> family)
        where TComponent : Distribution
    {
        ArgumentNullException.ThrowIfNull(family);
        return new ProductPart<TComponent>(family, family, family, family, family, family.Columns)
        {
            Constrained = family is LinearFamily<TComponent> linear and not (CategoricalFamily or MultinomialFamily or VonMisesFisherFamily)
                ? constraints => Of<ConstrainedFamily<TComponent>, TComponent>(new ConstrainedFamily<TComponent>(linear, constraints), family.Columns)
                : null,
        };
    }

    /// <summary>The names of the parameters of a component; empty for a family of other than single numbers.</summary>
    public IReadOnlyList<string> ParameterNames { get; private protected init; } = [];

    /// <summary>The distribution of given parameters, in the order of <see cref="Distribution.Parameters"/>; for a Gaussian its mean and then the rows of its covariance.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public abstract object Create(ReadOnlySpan<double> parameters);

    /// <summary>The same block with some parameters held, bounded or shared; null for a family whose parameters cannot be constrained one by one.</summary>
    internal Func<IReadOnlyList<Constraint>, ProductPart>? Constrained { get; private protected init; }

    /// <summary>Whether all components are estimated together.</summary>
    internal abstract bool IsJoint { get; }

    internal abstract int FreeParametersOf(int components);

    internal abstract object[] Estimate(ReadOnlySpan<double> statistics, object[] current);

    internal abstract object[] Constrain(ReadOnlySpan<double> weights, object[] components);

    internal abstract int ScratchLength(int rows);

    internal abstract void LogDensity(object component, RowTile tile, Span<double> scratch, Span<double> logDensity);

    internal abstract void Accumulate(object component, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic);

    internal abstract object Estimate(ReadOnlySpan<double> statistic, object current);

    internal abstract object Reference(ColumnSummary summary);

    internal abstract void Sample(object component, RandomGenerator random, Span<double> row);

    internal abstract int CoordinateCount(int components);

    internal abstract void WriteCoordinates(object[] components, Span<double> point);

    internal abstract object[]? ReadCoordinates(ReadOnlySpan<double> point, object[] like);

    internal abstract IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns);

    internal abstract void WriteNaturalParameters(object component, Span<double> values);

    internal abstract void WriteScores(object component, RowTile tile, Span<double> scores);

    internal abstract bool TryTails(object component, ReadOnlySpan<double> row, Span<TailProbabilities> tails);

    internal abstract double CollapsePenalty(object component, object pooled);

    internal abstract void MoveOrigin(Span<double> statistic, object from, object to);

    internal abstract IEnumerable<string> Degeneracies(object component);
}

/// <inheritdoc/>
internal sealed class ProductPart<T> : ProductPart
{
    private readonly IFamily<T, RowTile> _family;
    private readonly IStartingFamily<T> _starting;
    private readonly ISamplingFamily<T> _sampling;
    private readonly ICoordinateFamily<T> _coordinates;
    private readonly IScoreFamily<T> _scores;

    public ProductPart(IFamily<T, RowTile> family, IStartingFamily<T> starting, ISamplingFamily<T> sampling, ICoordinateFamily<T> coordinates, IScoreFamily<T> scores, int columns)
        : base(columns, family.StatisticLength, family.FreeParameters)
    {
        (_family, _starting, _sampling, _coordinates, _scores) = (family, starting, sampling, coordinates, scores);
        ParameterNames = family is INamedParameters named ? named.Names : [];
        Linear = family is ILinearFamily { IsSparse: false } linear ? linear : null;
    }

    public override object Family => _family;

    internal override bool IsJoint => _family is IJointFamily<T>;

    public override object Create(ReadOnlySpan<double> parameters) => _family switch
    {
        INamedParameters named when ParameterNames.Count == parameters.Length => named.Create(parameters),
        FullGaussianFamily when parameters.Length == Columns * (Columns + 1) => new Gaussian(parameters[..Columns], parameters[Columns..]),
        _ => throw new ArgumentException($"Expected the parameters of a component of {_family.GetType().Name}, found {parameters.Length} numbers.", nameof(parameters)),
    };

    internal override int ScratchLength(int rows) => _family.ScratchLength(rows);

    internal override void LogDensity(object component, RowTile tile, Span<double> scratch, Span<double> logDensity) =>
        _family.LogDensity((T)component, tile, scratch, logDensity);

    internal override void Accumulate(object component, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic) =>
        _family.Accumulate((T)component, tile, scratch, weights, statistic);

    internal override object Estimate(ReadOnlySpan<double> statistic, object current) => _family.Estimate(statistic, (T)current)!;

    internal override object[] Estimate(ReadOnlySpan<double> statistics, object[] current) =>
        Array.ConvertAll(((IJointFamily<T>)_family).Estimate(statistics, Typed(current)), component => (object)component!);

    internal override int FreeParametersOf(int components) => _family is IJointFamily<T> joint ? joint.FreeParametersOf(components) : components * FreeParameters;

    internal override object[] Constrain(ReadOnlySpan<double> weights, object[] components) =>
        _family is IConstrainedFamily<T> constrained ? Array.ConvertAll(constrained.Constrain(weights, Typed(components)), component => (object)component!) : components;

    internal override object Reference(ColumnSummary summary) => _starting.Reference(summary)!;

    internal override void Sample(object component, RandomGenerator random, Span<double> row) => _sampling.Sample((T)component, random, row);

    internal override int CoordinateCount(int components) => _coordinates.CoordinateCount(components);

    internal override void WriteCoordinates(object[] components, Span<double> point) =>
        _coordinates.WriteCoordinates(Typed(components), point);

    internal override object[]? ReadCoordinates(ReadOnlySpan<double> point, object[] like)
    {
        T[] found = new T[like.Length];
        return _coordinates.TryReadCoordinates(point, Typed(like), found)
            ? Array.ConvertAll(found, component => (object)component!)
            : null;
    }

    internal override IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) => _scores.NaturalParameters(component, columns);

    internal override void WriteNaturalParameters(object component, Span<double> values) => _scores.WriteNaturalParameters((T)component, values);

    internal override void WriteScores(object component, RowTile tile, Span<double> scores) => _scores.WriteScores((T)component, tile, scores);

    private static T[] Typed(object[] components) => Array.ConvertAll(components, component => (T)component);

    internal override bool TryTails(object component, ReadOnlySpan<double> row, Span<TailProbabilities> tails) => _family switch
    {
        ITailFamily<T> family => family.TryTails((T)component, row, tails),
        _ when component is Gaussian gaussian => gaussian.TryTails(row, tails),
        _ => false,
    };

    internal override double CollapsePenalty(object component, object pooled) =>
        _family is ICollapsePenalty<T> penalty ? penalty.CollapsePenalty((T)component, (T)pooled) : 0;

    internal override void MoveOrigin(Span<double> statistic, object from, object to)
    {
        if (_family is not IStepwiseFamily<T> family)
        {
            throw new NotSupportedException($"Expected families for stepwise EM, found {_family.GetType().Name}, whose statistics cannot be moved. Use batch EM.");
        }
        family.MoveOrigin(statistic, [(T)from], [(T)to]);
    }

    internal override IEnumerable<string> Degeneracies(object component) =>
        _family is IDegeneracyReport<T> report ? report.Degeneracies((T)component).Select(found => found.Message) : [];
}
