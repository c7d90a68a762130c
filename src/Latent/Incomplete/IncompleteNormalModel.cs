using System.Collections.Concurrent;
using Latent.Data;
using Latent.Families;

namespace Latent.Incomplete;

/// <summary>
/// A multivariate normal distribution of incomplete rows: the likelihood of the cells that are observed, whatever the pattern, exact where cells are
/// missing at random [LittleRubin2002, ch. 11].
/// </summary>
/// <remarks>
/// The statistic is [n | Σ z | lower triangle of Σ (z·zᵀ + C), row by row]: z a row's deviation from the current mean, missing cells filled by
/// their conditional mean, C the conditional covariance of its missing cells. An M-step is μ + Σz/n, and the second moment about that. Where the current covariance is
/// ill-conditioned, all is in its whitened coordinates, so that its least eigenvalue keeps its digits.
/// </remarks>
public sealed partial class IncompleteNormalModel : IEmModel<Gaussian, PatternChunk>, IDegeneracyReport<Gaussian>
{
    private readonly ConcurrentBag<PatternWorkspace> _workspaces = [];
    private readonly Covariance _unit;
    private readonly double[] _ridgeVariances;

    /// <summary>The model over rows of <paramref name="columns"/> values.</summary>
    /// <param name="columns">d.</param>
    /// <param name="floor">The bound that keeps the covariance from becoming singular; null: <see cref="CovarianceFloor.None"/>.</param>
    /// <param name="ridge">
    /// κ ≥ 0: the prior −κ/2·(log |Σ| + tr(DΣ⁻¹)), which is what κ rows with independent columns of variances D at the mean would add. 0: none.
    /// </param>
    /// <param name="ridgeVariances">D, one positive value per column; needed where κ &gt; 0.</param>
    /// <exception cref="ArgumentException">The floor or D has another number of columns, or κ is negative.</exception>
    public IncompleteNormalModel(int columns, CovarianceFloor? floor = null, double ridge = 0, ReadOnlySpan<double> ridgeVariances = default)
    {
        Floor = (floor ?? CovarianceFloor.None).For(columns);
        if (!(ridge >= 0) || !double.IsFinite(ridge))
        {
            throw new ArgumentOutOfRangeException(nameof(ridge), ridge, "Expected a ridge of zero or more rows.");
        }
        if (ridge > 0)
        {
            GaussianConstants.CheckLength(ridgeVariances.Length, columns, nameof(ridgeVariances));
            GaussianConstants.CheckVariances(ridgeVariances);
        }
        Columns = columns;
        Ridge = ridge;
        _ridgeVariances = ridge > 0 ? ridgeVariances.ToArray() : new double[columns];
        double[] ones = new double[columns];
        Array.Fill(ones, 1);
        _unit = Covariance.FromVariances(ones);
    }

    /// <summary>d.</summary>
    public int Columns { get; }

    /// <summary>The bound on the covariance.</summary>
    public CovarianceFloor Floor { get; }

    /// <summary>κ, in rows.</summary>
    public double Ridge { get; }

    /// <summary>Free parameters: d means and d(d+1)/2 variances and covariances.</summary>
    public int FreeParameters => Columns + Columns * (Columns + 1) / 2;

    /// <inheritdoc/>
    public int StatisticLength => 1 + FreeParameters;

    /// <inheritdoc/>
    public double Expect(Gaussian parameters, PatternChunk chunk, Span<double> statistic)
    {
        if (chunk.Rows == 0)
        {
            return 0;
        }
        PatternWorkspace workspace = _workspaces.TryTake(out PatternWorkspace? found) ? found : new PatternWorkspace(Columns);
        double logLikelihood = workspace.Expect(parameters, chunk, statistic);
        _workspaces.Add(workspace);
        return logLikelihood;
    }

    /// <summary>μ + m and (n·(M/n − m·mᵀ) + κD)/(n + κ), m = Σz/n, under the floor; the current parameters where nothing has weight.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or the covariance is singular and there is no floor.</exception>
    public Gaussian Maximize(ReadOnlySpan<double> statistic, Gaussian current)
    {
        double n = statistic[0];
        if (!(n > 0))
        {
            return current;
        }
        double[] step = new double[Columns];
        double[] scatter = new double[Columns * Columns];
        GaussianMoments.Centre(statistic[1..], n, step, scatter);
        Covariance frame = PatternWorkspace.FrameOf(current.Covariance, _unit);
        double share = n / (n + Ridge);
        for (int i = 0; i < scatter.Length && Ridge > 0; i++)
        {
            scatter[i] *= share;
        }
        AddRidge(frame, 1 / (n + Ridge), scatter);
        return new Gaussian(GaussianConstants.Moved(frame, current.Mean, step), Covariance.FromWhitened(frame, scatter, Floor));
    }

    /// <summary>Adds so much of κD to the lower triangle of a scatter in the coordinates of a frame.</summary>
    private void AddRidge(Covariance frame, double share, Span<double> scatter)
    {
        ReadOnlySpan<double> whitening = frame.Whitening;
        for (int i = 0; i < Columns && Ridge > 0; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                for (int k = 0; k <= j; k++)
                {
                    scatter[i * Columns + j] += share * Ridge * _ridgeVariances[k] * whitening[i * Columns + k] * whitening[j * Columns + k];
                }
            }
        }
    }

    /// <summary>−κ/2·(log |Σ| + tr(DΣ⁻¹)), up to a constant.</summary>
    /// <inheritdoc/>
    public double LogPrior(Gaussian parameters)
    {
        if (Ridge == 0)
        {
            return 0;
        }
        double trace = 0;
        for (int j = 0; j < Columns; j++)
        {
            trace += _ridgeVariances[j] * parameters.Covariance.Precision.Matrix[j * Columns + j];
        }
        return -0.5 * Ridge * (parameters.Covariance.LogDeterminant + trace);
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Gaussian parameters) => parameters.Covariance.FloorActive
        ?
        [
            (-1, $"the covariance would be singular, or nearly so: some column is all but a combination of others, or there are too few rows; it is held at {Floor.Epsilon:g3} of the data's variance. Use a ridge, or leave a column out."),
        ]
        : [];

    /// <summary>Where fits start: the means of the observed cells, and a diagonal covariance of their variances.</summary>
    /// <exception cref="NumericalException">A column has no observed cell, or overflows.</exception>
    public Gaussian Start(ColumnSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return new Gaussian([.. summary.Means], Covariance.FromVariances(CovarianceFloor.RelativeTo(summary).Variances));
    }
}
