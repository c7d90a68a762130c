using System.Numerics.Tensors;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>
/// A mixture as a component: the emission of a hidden Markov model that is itself several groups, or the component of a mixture of mixtures. Its statistic
/// is [N₁ … N_M | that of part 1 | … | that of part M], each row's weight being shared among the parts by their responsibilities.
/// </summary>
/// <typeparam name="TComponent">The parameters of one part.</typeparam>
public sealed class MixtureFamily<TComponent> :
    IFamily<Mixture<TComponent>, RowTile>, IStartingFamily<Mixture<TComponent>>, ISamplingFamily<Mixture<TComponent>>, ICoordinateFamily<Mixture<TComponent>>,
    ILocationFamily<Mixture<TComponent>>, IPriorFamily<Mixture<TComponent>>, IDegeneracyReport<Mixture<TComponent>>, ISupportFamily
{
    private const int Stride = RowTile.Capacity;

    private readonly int _inner;

    /// <summary>Mixtures of so many parts of a family.</summary>
    /// <param name="family">The family of the parts.</param>
    /// <param name="parts">M.</param>
    /// <exception cref="ArgumentException">The parts share a map of the rows, such as that of a tied covariance, or have no mean.</exception>
    public MixtureFamily(IFamily<TComponent, RowTile> family, int parts)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        if (family is ITileTransform<TComponent> || family is not (ILocationFamily<TComponent> and IStartingFamily<TComponent>))
        {
            throw new ArgumentException($"Expected a family with a mean, of which a part needs no map of the rows, such as a Gaussian with free covariances, found {family.GetType().Name}.", nameof(family));
        }
        Family = family;
        Parts = parts;
        _inner = family.ScratchLength(Stride);
    }

    /// <summary>The family of the parts.</summary>
    public IFamily<TComponent, RowTile> Family { get; }

    /// <summary>The number of parts M.</summary>
    public int Parts { get; }

    /// <inheritdoc/>
    public int StatisticLength => Parts * (1 + Family.StatisticLength);

    /// <inheritdoc/>
    public int FreeParameters => Parts - 1 + (Family is IJointFamily<TComponent> joint ? joint.FreeParametersOf(Parts) : Parts * Family.FreeParameters);

    /// <inheritdoc/>
    public bool HasPrior => Family is IPriorFamily<TComponent> { HasPrior: true };

    /// <inheritdoc/>
    public bool TakesMissing => Family is ISupportFamily { TakesMissing: true };

    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => (Family as ISupportFamily)?.Misfit(row);

    /// <summary>Responsibilities of the parts, a tile's column each, one column of weights, then the parts' own scratch.</summary>
    /// <inheritdoc/>
    public int ScratchLength(int rows) => (Parts + 1) * Stride + Parts * _inner;

    /// <inheritdoc/>
    public void LogDensity(Mixture<TComponent> component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        Check(component);
        Span<double> joint = scratch[..(Parts * Stride)];
        for (int part = 0; part < Parts; part++)
        {
            Span<double> column = joint.Slice(part * Stride, tile.PaddedRows);
            Family.LogDensity(component.Components[part], tile, Inner(scratch, part), column);
            TensorPrimitives.Add(column, component.LogWeights[part], column);
        }
        Span<double> ones = scratch.Slice(Parts * Stride, tile.PaddedRows);
        ones.Fill(1);
        Softmax.Normalize(joint, Stride, Parts, ones, logDensity);
    }

    /// <inheritdoc/>
    public void Accumulate(Mixture<TComponent> current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        Check(current);
        Span<double> own = stackalloc double[Stride];
        own = own[..weights.Length];
        for (int part = 0; part < Parts; part++)
        {
            TensorPrimitives.Multiply(scratch.Slice(part * Stride, weights.Length), weights, own);
            statistic[part] += LaneSum.Of(own);
            if (own.IndexOfAnyExcept(0.0) >= 0)
            {
                Family.Accumulate(
                    current.Components[part], tile, scratch.Slice((Parts + 1) * Stride + part * _inner, _inner), own, statistic.Slice(Parts + part * Family.StatisticLength, Family.StatisticLength));
            }
        }
    }

    /// <inheritdoc/>
    public Mixture<TComponent> Estimate(ReadOnlySpan<double> statistic, Mixture<TComponent> current)
    {
        Check(current);
        ReadOnlySpan<double> counts = statistic[..Parts];
        return new Mixture<TComponent>(counts.IndexOfAnyExcept(0.0) < 0 ? current.Weights.AsSpan() : counts, EstimateParts(statistic[Parts..], current.Components.AsSpan()));
    }

    /// <summary>Parts of equal weight with the columns' variances, apart from each other so that a first M-step can tell them.</summary>
    /// <inheritdoc/>
    public Mixture<TComponent> Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        TComponent pooled = ((IStartingFamily<TComponent>)Family).Reference(summary);
        double[] shares = new double[Parts];
        TComponent[] parts = new TComponent[Parts];
        for (int part = 0; part < Parts; part++)
        {
            // A low-discrepancy spread within a standard deviation of the mean, another in each column.
            double[] mean = new double[summary.Columns];
            for (int column = 0; column < mean.Length; column++)
            {
                double place = (part + 0.5) * Math.Sqrt(column + 2) / Parts;
                mean[column] = summary.Means[column] + Math.Sqrt(summary.Variances[column]) * (2 * (place - Math.Floor(place)) - 1);
            }
            shares[part] = 1;
            parts[part] = ((ILocationFamily<TComponent>)Family).MoveTo(pooled, mean);
        }
        return new Mixture<TComponent>(shares, parts);
    }

    /// <summary>All parts at one mean.</summary>
    /// <inheritdoc/>
    public Mixture<TComponent> MoveTo(Mixture<TComponent> component, ReadOnlySpan<double> mean)
    {
        Check(component);
        TComponent[] parts = new TComponent[Parts];
        for (int part = 0; part < Parts; part++)
        {
            parts[part] = ((ILocationFamily<TComponent>)Family).MoveTo(component.Components[part], mean);
        }
        return new Mixture<TComponent>(component.Weights.AsSpan(), parts);
    }

    /// <inheritdoc/>
    public void Sample(Mixture<TComponent> component, RandomGenerator random, Span<double> row)
    {
        Check(component);
        ArgumentNullException.ThrowIfNull(random);
        ISamplingFamily<TComponent> sampler = Family as ISamplingFamily<TComponent>
            ?? throw new NotSupportedException($"Expected a family that can be drawn from, found {Family.GetType().Name}.");
        double left = random.NextDouble();
        int drawn = 0;
        for (int part = 0; part < Parts && left >= 0; part++)
        {
            drawn = component.Weights[part] > 0 ? part : drawn;
            left -= component.Weights[part];
        }
        sampler.Sample(component.Components[drawn], random, row);
    }

    /// <inheritdoc/>
    public int CoordinateCount(int components) => Family is ICoordinateFamily<TComponent> family ? components * (Parts - 1 + family.CoordinateCount(Parts)) : 0;

    /// <summary>Log-ratios of the parts' weights to the first, then the parts' own, component by component.</summary>
    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<Mixture<TComponent>> components, Span<double> point)
    {
        ICoordinateFamily<TComponent> family = (ICoordinateFamily<TComponent>)Family;
        int length = CoordinateCount(1);
        for (int k = 0; k < components.Length; k++)
        {
            Span<double> own = point.Slice(k * length, length);
            for (int part = 1; part < Parts; part++)
            {
                own[part - 1] = components[k].LogWeights[part] - components[k].LogWeights[0];
            }
            family.WriteCoordinates(components[k].Components.AsSpan(), own[(Parts - 1)..]);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<Mixture<TComponent>> like, Span<Mixture<TComponent>> components)
    {
        ICoordinateFamily<TComponent> family = (ICoordinateFamily<TComponent>)Family;
        int length = CoordinateCount(1);
        TComponent[] parts = new TComponent[Parts];
        double[] shares = new double[Parts];
        for (int k = 0; k < like.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * length, length);
            double most = 0;
            for (int part = 1; part < Parts; part++)
            {
                most = Math.Max(most, own[part - 1]);
            }
            bool positive = true;
            for (int part = 0; part < Parts; part++)
            {
                shares[part] = Math.Exp((part == 0 ? 0 : own[part - 1]) - most);
                positive &= shares[part] > 0;
            }
            if (!positive || !family.TryReadCoordinates(own[(Parts - 1)..], like[k].Components.AsSpan(), parts))
            {
                return false;
            }
            components[k] = new Mixture<TComponent>(shares, parts);
        }
        return true;
    }

    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<Mixture<TComponent>> components)
    {
        double sum = 0;
        foreach (Mixture<TComponent> component in components)
        {
            sum += Family is IPriorFamily<TComponent> family ? family.LogPrior(component.Components.AsSpan()) : 0;
        }
        return sum;
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Mixture<TComponent> parameters)
    {
        Check(parameters);
        for (int part = 0; part < Parts && Family is IDegeneracyReport<TComponent>; part++)
        {
            foreach ((_, string message) in ((IDegeneracyReport<TComponent>)Family).Degeneracies(parameters.Components[part]))
            {
                yield return (0, $"part {part + 1}: {message}");
            }
        }
    }

    private TComponent[] EstimateParts(ReadOnlySpan<double> statistics, ReadOnlySpan<TComponent> current)
    {
        if (Family is IJointFamily<TComponent> joint)
        {
            return joint.Estimate(statistics, current);
        }
        TComponent[] parts = new TComponent[Parts];
        for (int part = 0; part < Parts; part++)
        {
            parts[part] = Family.Estimate(statistics.Slice(part * Family.StatisticLength, Family.StatisticLength), current[part]);
        }
        return parts;
    }

    private Span<double> Inner(Span<double> scratch, int part) => scratch.Slice((Parts + 1) * Stride + part * _inner, _inner);

    private void Check(Mixture<TComponent> component)
    {
        ArgumentNullException.ThrowIfNull(component);
        if (component.Count != Parts)
        {
            throw new ArgumentException($"Expected a mixture of {Parts} parts, found {component.Count}.", nameof(component));
        }
    }
}
