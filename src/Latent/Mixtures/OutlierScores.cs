using Latent.Data;
using Latent.Engine;
using Latent.Factors;
using Latent.Families;
using MathNet.Numerics;

namespace Latent.Mixtures;

/// <summary>
/// How unlike everything that a mixture knows each row is. Small tail probabilities are outliers: of n rows of the mixture itself about n·p have one below p.
/// </summary>
/// <param name="Distance">
/// D² = (x − μₖ)ᵀΣₖ⁻¹(x − μₖ) of the observed cells to the component with the highest posterior probability, the noise left out; NaN where nothing is observed.
/// </param>
/// <param name="Tail">
/// The probability that a row of that component is as far: P(χ² &gt; D²) with as many degrees of freedom as observed cells p; of a Student-t component P(F &gt; D²/p) with p and ν.
/// </param>
public sealed record OutlierScores(double[] Distance, double[] Tail)
{
    /// <summary>The scores of rows under a Gaussian mixture.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="rows">The rows; NaN is a missing cell.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <exception cref="ArgumentException">The rows have other columns.</exception>
    public static OutlierScores Of(GaussianMixture mixture, IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return Of(mixture, () => new Marginals(mixture.Components).Square, rows, ChiSquaredTail, threads);
    }

    /// <summary>The scores of rows under a mixture of factor analysers, in time proportional to the number of columns.</summary>
    /// <inheritdoc cref="Of(GaussianMixture, IRowSource, int)"/>
    public static OutlierScores Of(FittedMixture<FactorGaussian> mixture, IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        (double Square, int Observed) Distance(int component, double[] cells)
        {
            (_, double square, int observed) = FactorPattern.Of(mixture.Components[component].Parameters, cells);
            return (observed == 0 ? double.NaN : Math.Max(0, square), observed);
        }
        return Of(mixture, () => Distance, rows, ChiSquaredTail, threads);
    }

    /// <summary>The scores of rows under a mixture of Student-t distributions.</summary>
    /// <inheritdoc cref="Of(GaussianMixture, IRowSource, int)"/>
    public static OutlierScores Of(FittedMixture<StudentT> mixture, IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return Of(
            mixture, () => new Marginals([.. mixture.Components.Select(component => component.Location)]).Square, rows,
            (k, square, observed) => SpecialFunctions.BetaRegularized(0.5 * mixture.Components[k].Freedom, 0.5 * observed, mixture.Components[k].Freedom / (mixture.Components[k].Freedom + square)), threads);
    }

    /// <summary>
    /// The probability that a row of the mixture is as unlikely: P(f(X) ≤ f(x)), X drawn from the mixture, for any family. By simulation, (1 + draws no denser than x)/(draws + 1); NaN for rows with
    /// missing cells, whose densities are of another space.
    /// </summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="draws">Rows drawn. Default 10,000.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <exception cref="NotSupportedException">The mixture cannot be drawn from.</exception>
    public static double[] DensityTail(IFittedMixture mixture, IRowSource rows, int draws = 10_000, ulong seed = 1, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        double[] simulated = mixture.LogDensity(RowSource.From(mixture.Sample(draws, seed).Values, rows.Columns).WithSchema(rows.Schema), threads);
        Array.Sort(simulated);
        double[] tail = mixture.LogDensity(Starts.UnknownRows.Of(rows), threads);
        double[] cells = new double[rows.Columns];
        for (int row = 0; row < tail.Length; row++)
        {
            rows.CopyRow(row, cells);
            tail[row] = Array.Exists(cells, double.IsNaN) ? double.NaN : (1.0 + NoGreater(simulated, tail[row])) / (draws + 1);
        }
        return tail;
    }

    private static double ChiSquaredTail(int component, double square, int observed) => SpecialFunctions.GammaUpperRegularized(0.5 * observed, 0.5 * square);

    /// <summary>The scores of rows.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="measure">Makes what finds D² of a row's observed cells to a component, and their number: one for each chunk.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="tail">The tail probability of a component, D² and a number of observed cells.</param>
    /// <param name="threads">Threads to use.</param>
    private static OutlierScores Of(IFittedMixture mixture, Func<Func<int, double[], (double Square, int Observed)>> measure, IRowSource rows, Func<int, double, int, double> tail, int threads)
    {
        double[] responsibilities = mixture.Responsibilities(rows, threads);
        double[] distances = new double[rows.Rows];
        double[] tails = new double[rows.Rows];
        int count = mixture.Weights.Length;
        Sweep.ForEach<RowChunk>(rows, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            Func<int, double[], (double Square, int Observed)> distance = measure();
            double[] cells = new double[chunk.Columns];
            for (int row = 0; row < chunk.Rows; row++)
            {
                int place = checked((int)chunk.FirstRow + row);
                chunk.CopyRow(row, cells);
                int nearest = Nearest(responsibilities.AsSpan(place * count, count));
                (distances[place], int observed) = distance(nearest, cells);
                tails[place] = observed == 0 ? double.NaN : tail(nearest, distances[place], observed);
            }
        });
        return new OutlierScores(distances, tails);
    }

    private static int Nearest(ReadOnlySpan<double> posterior)
    {
        int best = 0;
        for (int k = 1; k < posterior.Length; k++)
        {
            best = posterior[k] > posterior[best] ? k : best;
        }
        return best;
    }

    /// <summary>How many of the sorted values are no greater than one.</summary>
    private static int NoGreater(double[] sorted, double value)
    {
        (int low, int high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = sorted[middle] <= value ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>The components over the observed cells, made once for each pattern of missing cells.</summary>
    private sealed class Marginals(IReadOnlyList<Gaussian> components)
    {
        private readonly Dictionary<(int, string), Gaussian> _known = [];
        private readonly int[] _places = new int[components[0].Dimension];
        private readonly double[] _values = new double[components[0].Dimension];
        private readonly char[] _pattern = new char[components[0].Dimension];

        /// <summary>D² of the observed cells to a component, and their number.</summary>
        public (double Square, int Observed) Square(int component, double[] cells)
        {
            int observed = 0;
            for (int column = 0; column < cells.Length; column++)
            {
                bool seen = !double.IsNaN(cells[column]);
                _pattern[column] = seen ? '1' : '0';
                if (seen)
                {
                    (_places[observed], _values[observed++]) = (column, cells[column]);
                }
            }
            if (observed == 0)
            {
                return (double.NaN, 0);
            }
            Gaussian own = components[component];
            if (observed < cells.Length && !_known.TryGetValue((component, new string(_pattern)), out own!))
            {
                own = components[component].Marginal(_places.AsSpan(0, observed));
                _known.Add((component, new string(_pattern)), own);
            }
            return (Math.Max(0, 2 * (own.Covariance.LogNormalizer - own.LogDensity(_values.AsSpan(0, observed)))), observed);
        }
    }
}
