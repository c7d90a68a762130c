using System.Collections.Concurrent;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>
/// The mixture of any family as an EM model. The statistic is [N₁ … N_K | family statistic of component 1 | … | K | statistic of the rows, where the family has one | N₀ of the noise, where there is some].
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed partial class MixtureModel<TComponent> : IEmModel<Mixture<TComponent>, RowChunk>, IDegeneracyReport<Mixture<TComponent>>
{
    private readonly ConcurrentBag<MixtureWorkspace<TComponent>> _workspaces = [];

    /// <summary>A model of <paramref name="components"/> components over rows of <paramref name="columns"/> values.</summary>
    /// <param name="family">The family of the components.</param>
    /// <param name="components">K.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="responsibilities">What the E-step makes of the joint densities; null: <see cref="ResponsibilityTransform.Soft"/>, which is EM.</param>
    public MixtureModel(IFamily<TComponent, RowTile> family, int components, int columns, ResponsibilityTransform? responsibilities = null)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Family = family;
        Components = components;
        Columns = columns;
        Responsibilities = responsibilities ?? ResponsibilityTransform.Soft;
        TileStatisticLength = family is ITileTransform<TComponent> transform ? transform.TileStatisticLength : 0;
    }

    /// <summary>The family of the components.</summary>
    public IFamily<TComponent, RowTile> Family { get; }

    /// <summary>The number of components K.</summary>
    public int Components { get; }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>What the E-step makes of the joint densities, and with it the objective that a fit maximises.</summary>
    public ResponsibilityTransform Responsibilities { get; }

    /// <summary>
    /// A of the Dirichlet(A, …, A) prior on the weights, at least 1 and finite: the M-step is πₖ = (Nₖ + A − 1)/Σ, and the objective includes (A − 1)·Σ log πₖ. Default 1,
    /// no prior. A component without rows keeps a share of its own under A &gt; 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A is below 1 or not finite.</exception>
    public double WeightPrior
    {
        get => 1 + ExtraRows;
        init => ExtraRows = value >= 1 && double.IsFinite(value)
            ? value - 1
            : throw new ArgumentOutOfRangeException(nameof(WeightPrior), value, "Expected a finite weight prior of 1 or more. 1 is no prior.");
    }

    /// <summary>What every component's rows count besides those it has: A − 1, negative where components are to be annihilated.</summary>
    internal double ExtraRows { get; private init; }

    /// <summary>Whether the components' weights are held equal, πₖ = (1 − π₀)/K, where π₀ is the weight of the noise if there is some.</summary>
    public bool EqualWeights { get; init; }

    /// <summary>The uniform density of rows that belong to no component [BanfieldRaftery1993]; null: every row belongs to one.</summary>
    public UniformNoise? Noise { get; init; }

    /// <inheritdoc/>
    public int StatisticLength => checked(Components * (1 + Family.StatisticLength) + TileStatisticLength + NoiseLength);

    /// <summary>Components, and the noise where there is some.</summary>
    internal int Densities => Components + NoiseLength;

    private int NoiseLength => Noise is null ? 0 : 1;

    /// <summary>The length of what comes after the components' statistics: that of the rows themselves, where the family has one.</summary>
    internal int TileStatisticLength { get; }

    /// <summary>Free parameters: K − 1 mixing weights unless they are held equal, those of the components, and two of the noise: its weight and its volume.</summary>
    public int FreeParameters => (EqualWeights ? 0 : Components - 1) + 2 * NoiseLength +
        (Family is IJointFamily<TComponent> joint ? joint.FreeParametersOf(Components) : Components * Family.FreeParameters);

    /// <inheritdoc/>
    public double Expect(Mixture<TComponent> parameters, RowChunk chunk, Span<double> statistic)
    {
        double objective = 0;
        MixtureWorkspace<TComponent> workspace = Rent();
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            workspace.Load(parameters, chunk, start, Math.Min(RowTile.Capacity, chunk.Rows - start), Responsibilities.IgnoresNegligible);
            objective += workspace.Normalize(Responsibilities);
            for (int k = 0; k < Components; k++)
            {
                statistic[k] += LaneSum.Of(workspace.Joint(k));
                workspace.Accumulate(parameters.Components[k], k, ComponentStatistic(statistic, k));
            }
            workspace.AccumulateTile(Components, TileStatistic(statistic));
            if (Noise is not null)
            {
                statistic[^1] += LaneSum.Of(workspace.Joint(Components));
            }
        }
        _workspaces.Add(workspace);
        return objective;
    }

    /// <inheritdoc/>
    /// <exception cref="NumericalException">A component is worth nothing under a prior that annihilates.</exception>
    public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current) =>
        new(Shares(statistic), EstimateComponents(Own(statistic), current.Components.AsSpan()), Noise is null ? 0 : statistic[^1]);

    /// <inheritdoc/>
    public double LogPrior(Mixture<TComponent> parameters) =>
        (Family is IPriorFamily<TComponent> family ? family.LogPrior(parameters.Components.AsSpan()) : 0) + LogWeightPrior(parameters);

    /// <summary>The same model with another number of components, kind of responsibilities or prior of the weights.</summary>
    /// <param name="components">K.</param>
    /// <param name="responsibilities">What the E-step makes of the joint densities.</param>
    /// <param name="extraRows">A − 1.</param>
    internal MixtureModel<TComponent> With(int components, ResponsibilityTransform responsibilities, double extraRows) =>
        new(Family, components, Columns, responsibilities) { ExtraRows = extraRows, ColumnNames = ColumnNames, EqualWeights = EqualWeights, Noise = Noise };

    /// <summary>The same model with weights of another kind.</summary>
    /// <param name="extraRows">A − 1.</param>
    /// <param name="equal">Whether they are held equal.</param>
    /// <param name="noise">The noise, or null.</param>
    internal MixtureModel<TComponent> With(double extraRows, bool equal, UniformNoise? noise) =>
        new(Family, Components, Columns, Responsibilities) { ExtraRows = extraRows, ColumnNames = ColumnNames, EqualWeights = equal, Noise = noise };

    /// <summary>Parameters from elsewhere with the weights that this model can have.</summary>
    /// <param name="mixture">The parameters.</param>
    /// <param name="noiseWeight">The weight of the noise, where there is noise and the parameters give it none.</param>
    internal Mixture<TComponent> Admit(Mixture<TComponent> mixture, double noiseWeight)
    {
        double noise = Noise is null ? 0 : mixture.NoiseWeight > 0 ? mixture.NoiseWeight : noiseWeight;
        if (noise == mixture.NoiseWeight && (!EqualWeights || mixture.Weights.All(weight => weight == mixture.Weights[0])))
        {
            return mixture;
        }
        double own = 1 - mixture.NoiseWeight;
        double[] weights = [.. mixture.Weights.Select(weight => EqualWeights ? (1 - noise) / Components : weight / own * (1 - noise))];
        return new Mixture<TComponent>(weights, mixture.Components.AsSpan(), noise);
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Mixture<TComponent> parameters)
    {
        for (int k = 0; k < parameters.Count; k++)
        {
            if (parameters.Weights[k] == 0)
            {
                yield return (k, "no row belongs to the component; it keeps weight 0. Use fewer components, or another start.");
            }
            else if (Family is IDegeneracyReport<TComponent> family)
            {
                foreach ((_, string message) in family.Degeneracies(parameters.Components[k]))
                {
                    yield return (k, message);
                }
            }
        }
    }

    /// <summary>
    /// The log-density log p(x) of every row of a chunk and, where asked for, the responsibilities (row-major, rows × K). Both heed what is known of the rows' components.
    /// </summary>
    /// <param name="parameters">The mixture.</param>
    /// <param name="chunk">The rows.</param>
    /// <param name="logDensity">Receives one value per row, in nats.</param>
    /// <param name="responsibilities">Receives rows × K values, each row summing to one, or with noise to one less its responsibility; or empty.</param>
    public void Evaluate(Mixture<TComponent> parameters, RowChunk chunk, Span<double> logDensity, Span<double> responsibilities)
    {
        MixtureWorkspace<TComponent> workspace = Rent();
        RowChunk unweighted = chunk.WithWeights(default, chunk.FirstRow);
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
            workspace.Load(parameters, unweighted, start, count);
            workspace.Normalize();
            workspace.LogDensity[..count].CopyTo(logDensity[start..]);
            for (int k = 0; k < Components && !responsibilities.IsEmpty; k++)
            {
                ReadOnlySpan<double> column = workspace.Joint(k);
                for (int row = 0; row < count; row++)
                {
                    responsibilities[(start + row) * Components + k] = column[row];
                }
            }
        }
        _workspaces.Add(workspace);
    }

    /// <summary>(A − 1)·Σ log πₖ.</summary>
    private double LogWeightPrior(Mixture<TComponent> parameters)
    {
        if (ExtraRows == 0)
        {
            return 0;
        }
        double sum = 0;
        foreach (double logarithm in parameters.LogWeights)
        {
            sum += logarithm;
        }
        return ExtraRows * sum;
    }

    private ReadOnlySpan<double> Shares(ReadOnlySpan<double> statistic)
    {
        if (ExtraRows == 0 && !EqualWeights)
        {
            return statistic[..Components];
        }
        double[] shares = new double[Components];
        double sum = 0;
        for (int k = 0; k < shares.Length; k++)
        {
            sum += shares[k] = statistic[k] + ExtraRows;
        }
        if (EqualWeights)
        {
            Array.Fill(shares, sum / Components);
        }
        for (int k = 0; k < shares.Length; k++)
        {
            if (!(shares[k] > 0))
            {
                throw new NumericalException($"Expected every component to be worth its parameters, {-ExtraRows} rows, found {statistic[k]} in component {k + 1}.");
            }
        }
        return shares;
    }

    /// <summary>The M-step of the components alone, from their statistics one after another.</summary>
    internal TComponent[] EstimateComponents(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> current)
    {
        if (Family is IJointFamily<TComponent> joint)
        {
            return joint.Estimate(statistics, current);
        }
        int length = Family.StatisticLength;
        TComponent[] components = new TComponent[Components];
        for (int k = 0; k < Components; k++)
        {
            components[k] = Family.Estimate(statistics.Slice(k * length, length), current[k]);
        }
        return components;
    }

    internal Span<double> ComponentStatistic(Span<double> statistic, int component) =>
        statistic.Slice(Components + component * Family.StatisticLength, Family.StatisticLength);

    internal Span<double> TileStatistic(Span<double> statistic) => statistic.Slice(StatisticLength - NoiseLength - TileStatisticLength, TileStatisticLength);

    /// <summary>The components' statistics one after another, and that of the rows.</summary>
    private ReadOnlySpan<double> Own(ReadOnlySpan<double> statistic) => statistic[Components..^NoiseLength];

    internal MixtureWorkspace<TComponent> Rent() =>
        _workspaces.TryTake(out MixtureWorkspace<TComponent>? workspace) ? workspace : new MixtureWorkspace<TComponent>(Family, Columns, Components, Noise);

    internal void Return(MixtureWorkspace<TComponent> workspace) => _workspaces.Add(workspace);
}
