using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Selection;

/// <summary>
/// Starts with one component more: a component is cut at its mean across the axis along which its rows spread most, in units of the columns' standard
/// deviations. Those come first whose two halves are much narrower than the whole, weighed by their rows: two groups under one component.
/// </summary>
internal sealed class ComponentSplits
{
    /// <summary>Rows that suffice to see where a component should be cut.</summary>
    private const int MostRows = 5_000;

    private readonly IRowSource _sample;
    private readonly double[] _scales;

    public ComponentSplits(IRowSource rows, ColumnSummary summary, ulong seed)
    {
        _sample = rows.Rows > MostRows ? RowSample.Take(rows, MostRows, seed) : rows;
        _scales = [.. summary.Variances.Select(variance => variance > 0 ? 1 / Math.Sqrt(variance) : 0)];
    }

    /// <summary>The variances of the columns, one where a column is constant: what a component is measured against where all rows together have no density.</summary>
    public static Covariance Spread(ColumnSummary summary) =>
        Covariance.FromVariances([.. summary.Variances.Select(variance => variance > 0 ? variance : 1)]);

    /// <summary>The same density with its heaviest component several times, each with its share of the weight.</summary>
    public static Mixture<Gaussian> Doubled(GaussianMixture mixture, int count)
    {
        int copies = count - mixture.Components.Length + 1;
        int heaviest = Enumerable.Range(0, mixture.Components.Length).MaxBy(k => mixture.Weights[k]);
        double[] weights = [.. mixture.Weights, .. Enumerable.Repeat(mixture.Weights[heaviest] / copies, copies - 1)];
        weights[heaviest] /= copies;
        return new Mixture<Gaussian>(weights, [.. mixture.Components, .. Enumerable.Repeat(mixture.Components[heaviest], copies - 1)]);
    }

    /// <summary>The most promising starts with one component more, best first.</summary>
    public IEnumerable<Mixture<Gaussian>> Of(GaussianMixture mixture, CovarianceStructure structure, int count)
    {
        double[] responsibilities = mixture.Responsibilities(_sample, threads: 1);
        return Enumerable.Range(0, mixture.Components.Length)
            .Select(k => CutOf(mixture, responsibilities, k))
            .Where(cut => cut.Score > 0)
            .OrderByDescending(cut => cut.Score)
            .Take(count)
            .Select(cut => Start(mixture, structure, cut))
            .ToArray();
    }

    private Cut CutOf(GaussianMixture mixture, double[] responsibilities, int component)
    {
        int columns = _sample.Columns;
        double[] mean = mixture.Components[component].Mean.ToArray();
        double[] scatter = new double[columns * columns];
        double[] deviation = new double[columns];
        Visit(mixture, responsibilities, component, mean, deviation, weight =>
        {
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    scatter[i * columns + j] += weight * deviation[i] * deviation[j];
                    scatter[j * columns + i] = scatter[i * columns + j];
                }
            }
        });
        double[] axis = LongestAxis(scatter, columns);
        Half below = new(columns);
        Half above = new(columns);
        Visit(mixture, responsibilities, component, mean, deviation, weight =>
        {
            double place = 0;
            for (int i = 0; i < columns; i++)
            {
                place += axis[i] * deviation[i];
            }
            (place < 0 ? below : above).Add(weight, place, deviation);
        });
        return new Cut(component, axis, below, above);
    }

    /// <summary>Walks the rows of a component: their deviations from its mean in standard units, and their share of it.</summary>
    private void Visit(GaussianMixture mixture, double[] responsibilities, int component, double[] mean, double[] deviation, Action<double> visit)
    {
        int components = mixture.Components.Length;
        for (int index = 0; index < _sample.ChunkCount; index++)
        {
            RowChunk chunk = _sample.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                double weight = responsibilities[(chunk.FirstRow + row) * components + component] * _sample.Weight(chunk.FirstRow + row);
                if (weight > 1e-12)
                {
                    for (int i = 0; i < deviation.Length; i++)
                    {
                        double value = (chunk[row, i] - mean[i]) * _scales[i];
                        deviation[i] = double.IsNaN(value) ? 0 : value;
                    }
                    visit(weight);
                }
            }
        }
    }

    private static double[] LongestAxis(double[] scatter, int columns)
    {
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(scatter, columns);
        int longest = Array.IndexOf(values, values.Max());
        return [.. Enumerable.Range(0, columns).Select(i => vectors[i * columns + longest])];
    }

    private Mixture<Gaussian> Start(GaussianMixture mixture, CovarianceStructure structure, Cut cut)
    {
        Gaussian whole = mixture.Components[cut.Component];
        Covariance narrower = structure == CovarianceStructure.Tied ? whole.Covariance : Narrowed(whole.Covariance, structure, cut.Axis);
        double share = mixture.Weights[cut.Component] / (cut.Below.Weight + cut.Above.Weight);
        double[] weights = [.. mixture.Weights, share * cut.Above.Weight];
        weights[cut.Component] = share * cut.Below.Weight;
        Gaussian[] components = [.. mixture.Components, new Gaussian(Mean(whole, cut.Above), narrower)];
        components[cut.Component] = new Gaussian(Mean(whole, cut.Below), narrower);
        return new Mixture<Gaussian>(weights, components);
    }

    private double[] Mean(Gaussian whole, Half half)
    {
        double[] mean = whole.Mean.ToArray();
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] += _scales[i] > 0 ? half.Sum[i] / half.Weight / _scales[i] : 0;
        }
        return mean;
    }

    /// <summary>
    /// The covariance of half a normal distribution cut at its mean across u: Σ − (2/π)·(Σu)(Σu)ᵀ/(uᵀΣu), positive definite since 2/π &lt; 1;
    /// for a round one its mean over the directions.
    /// </summary>
    private Covariance Narrowed(Covariance covariance, CovarianceStructure structure, double[] axis)
    {
        int d = covariance.Dimension;
        double[] matrix = covariance.Matrix.ToArray();
        if (structure == CovarianceStructure.Spherical)
        {
            double[] variances = new double[d];
            Array.Fill(variances, matrix[0] * (1 - 2 / Math.PI / d));
            return Covariance.FromVariances(variances);
        }
        double[] image = new double[d];
        double square = 0;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                image[i] += matrix[i * d + j] * axis[j] * _scales[j];
            }
            square += image[i] * axis[i] * _scales[i];
        }
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                matrix[i * d + j] -= square > 0 ? 2 / Math.PI * image[i] * image[j] / square : 0;
            }
        }
        try
        {
            return Covariance.FromMatrix(matrix, d);
        }
        catch (ArgumentException)
        {
            // Singular to rounding: the whole component's covariance is a valid start as well.
            return covariance;
        }
    }

    private sealed class Half(int columns)
    {
        public double Weight { get; private set; }

        public double Place { get; private set; }

        public double Square { get; private set; }

        public double[] Sum { get; } = new double[columns];

        public void Add(double weight, double place, double[] deviation)
        {
            Weight += weight;
            Place += weight * place;
            Square += weight * place * place;
            for (int i = 0; i < deviation.Length; i++)
            {
                Sum[i] += weight * deviation[i];
            }
        }

        /// <summary>The scatter along the axis about the half's own mean.</summary>
        public double Within => Square - Place * Place / Weight;
    }

    private sealed record Cut(int Component, double[] Axis, Half Below, Half Above)
    {
        /// <summary>Rows times the logarithm of the whole's scatter along the axis over that within the halves; 0 where a half is empty.</summary>
        public double Score
        {
            get
            {
                double weight = Below.Weight + Above.Weight;
                if (!(Below.Weight > 0 && Above.Weight > 0))
                {
                    return 0;
                }
                double place = Below.Place + Above.Place;
                double whole = Below.Square + Above.Square - place * place / weight;
                double within = Math.Max(Below.Within + Above.Within, 1e-12 * whole);
                return whole > 0 ? weight * Math.Log(whole / within) : 0;
            }
        }
    }
}
