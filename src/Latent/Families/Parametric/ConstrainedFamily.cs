using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A family with some parameters held, bounded or shared by all components of a mixture. The M-step maximises the sum of the components' expected log-likelihoods, which is Σₖ Σⱼ Sₖⱼ·ηⱼ(θₖ) of their
/// statistics S whatever the member, over what is free; it never takes a step that loses.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
/// <param name="family">The family; its probabilities that sum to one (categories) cannot be constrained one by one.</param>
/// <param name="constraints">What is held, bounded or shared.</param>
public sealed class ConstrainedFamily<TComponent>(LinearFamily<TComponent> family, params IReadOnlyList<Constraint> constraints) :
    IFamily<TComponent, RowTile>, IJointFamily<TComponent>, IStartingFamily<TComponent>, ISamplingFamily<TComponent>, ICoordinateFamily<TComponent>, IScoreFamily<TComponent>, ISupportFamily,
    IConstrainedFamily<TComponent>, IOrderedFamily, IStepwiseFamily<TComponent>, ITailFamily<TComponent>, ICollapsePenalty<TComponent>, IDegeneracyReport<TComponent>, ILinearFamily, INamedParameters
    where TComponent : Distribution
{
    private readonly Constraint[] _constraints = [.. constraints.Select(constraint => family.Parameters.Any(parameter => parameter.Name == constraint.Parameter)
        ? constraint
        : throw new ArgumentException($"Expected one of the parameters {string.Join(", ", family.Parameters.Select(parameter => parameter.Name))}, found '{constraint.Parameter}'.", nameof(constraints)))];

    /// <inheritdoc/>
    public int StatisticLength => family.StatisticLength;

    /// <inheritdoc/>
    public int FreeParameters => FreeParametersOf(1);

    /// <inheritdoc/>
    public bool TakesMissing => family.TakesMissing;

    /// <summary>Whether a constraint is on one component alone.</summary>
    public bool IsOrdered => Array.Exists(_constraints, constraint => constraint.Component is not null);

    int ILinearFamily.Functions => family.Functions;

    bool ILinearFamily.IsSparse => ((ILinearFamily)family).IsSparse;

    IReadOnlyList<string> INamedParameters.Names => ((INamedParameters)family).Names;

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => Variables(components).Count(variable => !variable.IsFixed);

    /// <inheritdoc/>
    public int CoordinateCount(int components) => FreeParametersOf(components);

    /// <inheritdoc/>
    public void LogDensity(TComponent component, RowTile tile, Span<double> scratch, Span<double> logDensity) => family.LogDensity(component, tile, scratch, logDensity);

    /// <inheritdoc/>
    public void Accumulate(TComponent current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic) =>
        family.Accumulate(current, tile, scratch, weights, statistic);

    /// <inheritdoc/>
    public TComponent Estimate(ReadOnlySpan<double> statistic, TComponent current) => Estimate(statistic, [current])[0];

    /// <summary>
    /// Newton's method over the free variables from the current ones; those that end beyond a bound are held there, and the others found again.
    /// </summary>
    /// <inheritdoc/>
    public TComponent[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> current)
    {
        double[] sums = statistics.ToArray();
        Variable[] variables = Variables(current.Length);
        TComponent[] components = current.ToArray();
        double[] values = [.. variables.Select(variable => Math.Clamp(components[variable.Component].Parameters[variable.Parameter], variable.Lower, variable.Upper))];
        double scale = Math.Max(1e-300, Enumerable.Range(0, components.Length).Sum(k => Math.Abs(sums[k * StatisticLength])));
        double before = Value(values);
        double[] best = [.. values];
        HashSet<int> held = [.. Enumerable.Range(0, variables.Length).Where(index => variables[index].IsFixed)];
        for (int round = 0; round <= variables.Length; round++)
        {
            int[] free = [.. Enumerable.Range(0, variables.Length).Where(index => !held.Contains(index))];
            double[] start = [.. free.Select(index => Parameter(index).ToCoordinate(best[index]))];
            double[] found = free.Length == 0 || !start.All(double.IsFinite) ? start : NewtonAscent.Maximize(point => Value(With(point)), start);
            best = With(found);
            int[] beyond = [.. free.Where(index => !(best[index] >= variables[index].Lower && best[index] <= variables[index].Upper))];
            foreach (int index in beyond)
            {
                best[index] = Math.Clamp(best[index], variables[index].Lower, variables[index].Upper);
                held.Add(index);
            }
            if (beyond.Length == 0)
            {
                break;
            }

            double[] With(double[] point)
            {
                double[] moved = [.. best];
                for (int place = 0; place < free.Length; place++)
                {
                    moved[free[place]] = Parameter(free[place]).FromCoordinate(point[place]);
                }
                return moved;
            }
        }
        return Components(Value(best) >= before || double.IsNaN(before) ? best : values, variables, components.Length) ?? components;

        Parameter Parameter(int index) => family.Parameters[variables[index].Parameter];

        double Value(double[] point) => Components(point, variables, components.Length) is { } some ? some.Select((component, k) => Expected(sums.AsSpan(k * StatisticLength, StatisticLength), component)).Sum() / scale : double.NaN;
    }

    /// <summary>Held parameters at their values, bounded ones inside, shared ones at their mean.</summary>
    /// <inheritdoc/>
    public TComponent[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<TComponent> components)
    {
        TComponent[] given = components.ToArray();
        double[] shares = weights.ToArray();
        Variable[] variables = Variables(given.Length);
        double[] values = Array.ConvertAll(variables, variable => Math.Clamp(
            variable.IsShared && shares.Sum() > 0 && Array.Exists(given, component => component.Parameters[variable.Parameter] != given[0].Parameters[variable.Parameter])
                ? given.Zip(shares, (component, share) => component.Parameters[variable.Parameter] * share).Sum() / shares.Sum()
                : given[variable.Component].Parameters[variable.Parameter],
            variable.Lower,
            variable.Upper));
        bool obeys = Enumerable.Range(0, variables.Length).All(index => Enumerable.Range(0, given.Length)
            .Where(k => variables[index].IsShared || variables[index].Component == k).All(k => given[k].Parameters[variables[index].Parameter] == values[index]));
        return obeys ? given : Components(values, variables, given.Length) ?? given;
    }

    /// <inheritdoc/>
    public bool TryTails(TComponent component, ReadOnlySpan<double> row, Span<TailProbabilities> tails) => family.TryTails(component, row, tails);

    /// <inheritdoc/>
    public double CollapsePenalty(TComponent component, TComponent pooled) => family.CollapsePenalty(component, pooled);

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(TComponent parameters) => family.Degeneracies(parameters);

    void ILinearFamily.Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure) => family.Describe(tile, firstColumn, functions, baseMeasure);

    object INamedParameters.Create(ReadOnlySpan<double> parameters) => family.Create(parameters);

    /// <inheritdoc/>
    public TComponent Reference(ColumnSummary summary) => Within(family.Reference(summary));

    /// <inheritdoc/>
    public void Sample(TComponent component, RandomGenerator random, Span<double> row) => family.Sample(component, random, row);

    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => family.Misfit(row);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<TComponent> components, Span<double> point)
    {
        int place = 0;
        foreach (Variable variable in Variables(components.Length).Where(variable => !variable.IsFixed))
        {
            point[place++] = family.Parameters[variable.Parameter].ToCoordinate(components[variable.Component].Parameters[variable.Parameter]);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<TComponent> like, Span<TComponent> components)
    {
        Variable[] variables = Variables(like.Length);
        double[] values = new double[variables.Length];
        int place = 0;
        for (int index = 0; index < values.Length; index++)
        {
            Variable variable = variables[index];
            values[index] = variable.IsFixed ? variable.Lower : family.Parameters[variable.Parameter].FromCoordinate(point[place++]);
            // A bound comes back from its coordinate with rounding.
            double close = 1e-12 * (1 + Math.Abs(values[index]));
            if (!(values[index] >= variable.Lower - close && values[index] <= variable.Upper + close))
            {
                return false;
            }
            values[index] = Math.Clamp(values[index], variable.Lower, variable.Upper);
        }
        TComponent[]? found = Components(values, variables, like.Length);
        found?.CopyTo(components);
        return found is not null;
    }

    /// <summary>A shared parameter has one name for all components.</summary>
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        [.. family.NaturalParameters(component, columns).Select((named, j) => IsTied(j) ? named with { Name = $"{family.Parameters[j].Name}[{columns[0]}]" } : named)];

    /// <inheritdoc/>
    public void WriteNaturalParameters(TComponent component, Span<double> values) => family.WriteNaturalParameters(component, values);

    /// <inheritdoc/>
    public void WriteScores(TComponent component, RowTile tile, Span<double> scores) => family.WriteScores(component, tile, scores);

    private bool IsTied(int parameter) => _constraints.Any(constraint => constraint.IsTied && constraint.Parameter == family.Parameters[parameter].Name);

    /// <summary>One variable per component and parameter, or per parameter where it is shared.</summary>
    private Variable[] Variables(int components)
    {
        List<Variable> variables = [];
        for (int j = 0; j < family.Parameters.Count; j++)
        {
            for (int k = 0; k < (IsTied(j) ? 1 : components); k++)
            {
                Constraint[] own = [.. _constraints.Where(constraint => constraint.Parameter == family.Parameters[j].Name && (constraint.Component is null || constraint.Component == k))];
                variables.Add(new Variable(k, j, IsTied(j), own.Select(constraint => constraint.Lower).Append(double.NegativeInfinity).Max(), own.Select(constraint => constraint.Upper).Append(double.PositiveInfinity).Min()));
            }
        }
        return [.. variables];
    }

    private TComponent[]? Components(double[] values, Variable[] variables, int count)
    {
        double[][] parameters = [.. Enumerable.Range(0, count).Select(_ => new double[family.Parameters.Count])];
        for (int index = 0; index < variables.Length; index++)
        {
            for (int k = 0; k < count; k++)
            {
                if (variables[index].IsShared || variables[index].Component == k)
                {
                    parameters[k][variables[index].Parameter] = values[index];
                }
            }
        }
        try
        {
            return Array.ConvertAll(parameters, own => family.Create(own));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private TComponent Within(TComponent component)
    {
        Variable[] variables = Variables(1);
        return Components([.. variables.Select(variable => Math.Clamp(component.Parameters[variable.Parameter], variable.Lower, variable.Upper))], variables, 1)?[0] ?? component;
    }

    private static double Expected(ReadOnlySpan<double> sums, TComponent component)
    {
        double value = 0;
        for (int j = 0; j < sums.Length; j++)
        {
            value += sums[j] == 0 ? 0 : sums[j] * component.Coefficients[j];
        }
        return value;
    }

    private readonly record struct Variable(int Component, int Parameter, bool IsShared, double Lower, double Upper)
    {
        public bool IsFixed => Lower == Upper;
    }
}
