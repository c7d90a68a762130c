using System.Runtime.Intrinsics;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Regression;

/// <summary>
/// Regressions of a response on terms as a family of components: y | x ~ f(η), η = xᵀβ + offset, f one of <see cref="ResponseFamily"/>.
/// </summary>
/// <remarks>
/// The statistic is [Σ r | g = Σ r·u·x | H = Σ r·h·x·xᵀ, lower triangle | statistic of the dispersion], u and −h the derivatives of log f at the current linear
/// predictor. For a Gaussian response β + H⁻¹g is the maximiser; for others the M-step is the safe Newton step of <see cref="DampedNewton"/>.
/// </remarks>
public sealed partial class RegressionFamily : IFamily<RegressionComponent, RowTile>, IStartingFamily<RegressionComponent>, ICollapsePenalty<RegressionComponent>, IDegeneracyReport<RegressionComponent>
{
    private const int Stride = RowTile.Capacity;

    private readonly RegressionColumns _columns;
    private readonly double[] _reach;
    private readonly double _least;

    /// <summary>The family over rows of a design.</summary>
    /// <param name="design">The formulas.</param>
    /// <param name="standardization">The units of the terms.</param>
    /// <param name="reach">The largest size of each term in those units.</param>
    /// <param name="least">The least variance of a Gaussian response.</param>
    internal RegressionFamily(RegressionDesign design, Standardization standardization, double[] reach, double least)
    {
        Design = design;
        Standardization = standardization;
        _columns = design.Columns;
        _reach = reach;
        _least = least;
    }

    /// <summary>The formulas.</summary>
    public RegressionDesign Design { get; }

    /// <summary>What the response is like.</summary>
    public ResponseFamily Response => Design.Response;

    /// <inheritdoc/>
    public int StatisticLength => 1 + Terms + Terms * (Terms + 1) / 2 + Response.ExtraLength;

    /// <inheritdoc/>
    public int FreeParameters => Terms + (Response.DispersionName is null ? 0 : 1);

    internal Standardization Standardization { get; }

    private int Terms => _columns.Terms;

    /// <inheritdoc/>
    public int ScratchLength(int rows) => 3 * Stride;

    /// <inheritdoc/>
    public void LogDensity(RegressionComponent component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        Span<double> eta = scratch[..tile.PaddedRows];
        LinearPredictor(component.Coefficients.AsSpan(), tile, eta);
        Response.Evaluate(
            tile.Column(_columns.Response), Optional(tile, _columns.Trials), Optional(tile, _columns.Base), eta, component.Dispersion,
            logDensity, scratch.Slice(Stride, eta.Length), scratch.Slice(2 * Stride, eta.Length));
    }

    /// <inheritdoc/>
    public void Accumulate(RegressionComponent current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        int rows = tile.PaddedRows;
        ReadOnlySpan<double> slope = scratch.Slice(Stride, rows);
        ReadOnlySpan<double> curvature = scratch.Slice(2 * Stride, rows);
        Span<double> weighted = stackalloc double[Stride];
        weighted = weighted[..rows];
        statistic[0] += LaneSum.Of(weights);
        Multiply(weights, slope, weighted);
        Span<double> scaled = stackalloc double[Stride];
        scaled = scaled[..rows];
        Multiply(weights, curvature, scaled);
        int place = 1 + Terms + Terms * (Terms + 1) / 2;
        AccumulateDerivatives(tile, _columns.First, Terms, weighted, scaled, statistic[1..place]);
        if (Response.ExtraLength > 0)
        {
            Response.AccumulateExtra(
                tile.Column(_columns.Response), Optional(tile, _columns.Base), scratch[..rows], slope, weights, current.Dispersion, statistic[place..]);
        }
    }

    /// <inheritdoc/>
    public RegressionComponent Estimate(ReadOnlySpan<double> statistic, RegressionComponent current)
    {
        double n = statistic[0];
        if (!(n > 0))
        {
            return current;
        }
        int p = Terms;
        int place = 1 + p + p * (p + 1) / 2;
        double[] gradient = statistic.Slice(1, p).ToArray();
        double[] information = DampedNewton.Square(statistic[(1 + p)..place], p);
        double[] step = [.. gradient];
        DampedNewton.Step(step, [.. information], Response.IsQuadratic ? null : Reach);
        double explained = 0;
        double[] coefficients = new double[p];
        for (int i = 0; i < p; i++)
        {
            coefficients[i] = current.Coefficients[i] + step[i];
            double curved = 0;
            for (int j = 0; j < p; j++)
            {
                curved += information[i * p + j] * step[j];
            }
            explained += step[i] * (2 * gradient[i] - curved);
        }
        (double dispersion, bool held) = Response.Dispersion(n, statistic[place..], explained, _least);
        return new RegressionComponent(coefficients, dispersion, held);
    }

    /// <inheritdoc/>
    public RegressionComponent Reference(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        double mean = summary.Means[_columns.Response];
        double trials = _columns.Trials >= 0 ? summary.Means[_columns.Trials] : 1;
        double offset = _columns.Offset >= 0 ? summary.Means[_columns.Offset] : 0;
        double[] coefficients = new double[Terms];
        if (Design.Intercept >= 0)
        {
            coefficients[Design.Intercept] = Response.Link(mean / trials) - offset;
        }
        double variance = summary.Variances[_columns.Response];
        return new RegressionComponent(coefficients, Response is GaussianResponse && variance > 0 ? variance : 1);
    }

    /// <summary>A component whose residual variance is far below that of all rows together costs the start; see <see cref="RacePlan"/>.</summary>
    /// <inheritdoc/>
    public double CollapsePenalty(RegressionComponent component, RegressionComponent pooled)
    {
        double ratio = Response switch
        {
            GaussianResponse => pooled.Dispersion / component.Dispersion,
            GammaResponse => component.Dispersion / pooled.Dispersion,
            _ => 1,
        };
        return ratio - Math.Log(ratio);
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(RegressionComponent parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Held)
        {
            yield return (0, "its rows lie on the regression almost exactly, and its dispersion is held at a bound. Use fewer components, fewer terms, or another start.");
        }
    }

    internal void LinearPredictor(ReadOnlySpan<double> coefficients, RowTile tile, Span<double> eta)
    {
        eta.Clear();
        if (_columns.Offset >= 0)
        {
            tile.Column(_columns.Offset).CopyTo(eta);
        }
        AddTerms(coefficients, tile, _columns.First, eta);
    }

    /// <summary>Adds Σ coefficient·column to a linear predictor, the columns side by side from <paramref name="first"/> on.</summary>
    internal static void AddTerms(ReadOnlySpan<double> coefficients, RowTile tile, int first, Span<double> eta)
    {
        for (int term = 0; term < coefficients.Length; term++)
        {
            Vector512<double> coefficient = Vector512.Create(coefficients[term]);
            ReadOnlySpan<double> x = tile.Column(first + term);
            for (int row = 0; row < eta.Length; row += Vector512<double>.Count)
            {
                Vector512.FusedMultiplyAdd(coefficient, Vector512.Create(x[row..]), Vector512.Create<double>(eta[row..])).CopyTo(eta[row..]);
            }
        }
    }

    /// <summary>Adds [Σ u·x | Σ h·x·xᵀ, lower triangle] over the rows of a tile, u and h weighted.</summary>
    internal static void AccumulateDerivatives(RowTile tile, int first, int terms, ReadOnlySpan<double> slope, ReadOnlySpan<double> curvature, Span<double> sums)
    {
        Span<double> scaled = stackalloc double[Stride];
        scaled = scaled[..curvature.Length];
        int place = terms;
        for (int i = 0; i < terms; i++)
        {
            ReadOnlySpan<double> x = tile.Column(first + i);
            sums[i] += Dot(slope, x);
            Multiply(curvature, x, scaled);
            for (int j = 0; j <= i; j++)
            {
                sums[place++] += Dot(scaled, tile.Column(first + j));
            }
        }
    }

    // Σ |δⱼ|·max |xⱼ|: no row moves further.
    private double Reach(ReadOnlySpan<double> step)
    {
        double reach = 0;
        for (int j = 0; j < step.Length; j++)
        {
            reach += Math.Abs(step[j]) * _reach[j];
        }
        return reach;
    }

    private static ReadOnlySpan<double> Optional(RowTile tile, int column) => column >= 0 ? tile.Column(column) : default;

    private static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product)
    {
        for (int row = 0; row < product.Length; row += Vector512<double>.Count)
        {
            (Vector512.Create(a[row..]) * Vector512.Create(b[row..])).CopyTo(product[row..]);
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Vector512<double> lanes = Vector512<double>.Zero;
        for (int row = 0; row < a.Length; row += Vector512<double>.Count)
        {
            lanes = Vector512.FusedMultiplyAdd(Vector512.Create(a[row..]), Vector512.Create(b[row..]), lanes);
        }
        Vector256<double> four = lanes.GetLower() + lanes.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }
}
