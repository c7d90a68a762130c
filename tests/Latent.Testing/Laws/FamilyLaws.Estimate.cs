using Latent.Data;
using Xunit;

namespace Latent.Testing;

public abstract partial class FamilyLaws<TComponent>
{
    /// <summary>A valid component at a random distance of about <paramref name="scale"/> (relative to its own spread) from another.</summary>
    protected virtual TComponent Neighbour(Random random, TComponent component, double scale) => throw new NotSupportedException("This family has no neighbours.");

    /// <summary>The component of the rows x + <paramref name="offset"/>, for families that know locations.</summary>
    protected virtual TComponent Translate(TComponent component, double offset) => throw new NotSupportedException("This family has no location.");

    /// <summary>
    /// ∫ density, and the error within which it must be one. By default importance sampling with 40,000 draws from a
    /// multivariate t with 4 degrees of freedom at the moments of rows drawn from the component, and five standard errors (false
    /// alarm 6·10⁻⁷ a time, fixed seed). A discrete or bounded family overrides it with a sum or a quadrature.
    /// </summary>
    protected virtual (double Mass, double Error) TotalMass(TComponent component, Random random)
    {
        const int Draws = 40_000;
        const double Degrees = 4;
        (double[] mean, double[,] covariance) = Moments(Rows(random, component, 2000));
        double[,] factor = NaiveGaussianMixture.Cholesky(covariance);
        double logNormalizer = MathNet.Numerics.SpecialFunctions.GammaLn((Degrees + Columns) / 2) - MathNet.Numerics.SpecialFunctions.GammaLn(Degrees / 2)
            - Columns / 2.0 * Math.Log(Degrees * Math.PI);
        for (int column = 0; column < Columns; column++)
        {
            logNormalizer -= Math.Log(factor[column, column]);
        }
        double[] ratios = new double[Draws];
        RowTile tile = new(Columns);
        double[] proposal = new double[RowTile.Capacity];
        for (int first = 0; first < Draws; first += RowTile.Capacity)
        {
            int rows = Math.Min(RowTile.Capacity, Draws - first);
            double[] values = new double[rows * Columns];
            for (int row = 0; row < rows; row++)
            {
                double[] normals = [.. Enumerable.Range(0, Columns).Select(_ => Simulate.Normal(random))];
                double scale = Math.Sqrt(Degrees / Enumerable.Range(0, (int)Degrees).Sum(_ => Math.Pow(Simulate.Normal(random), 2)));
                for (int column = 0; column < Columns; column++)
                {
                    double value = 0;
                    for (int inner = 0; inner <= column; inner++)
                    {
                        value += factor[column, inner] * normals[inner];
                    }
                    values[row * Columns + column] = mean[column] + scale * value;
                }
                double distance = normals.Sum(normal => scale * scale * normal * normal);
                proposal[row] = logNormalizer - (Degrees + Columns) / 2 * Math.Log(1 + distance / Degrees);
            }
            tile.Load(new RowChunk(values, Columns), 0, rows);
            double[] logDensity = LogDensity(component, tile);
            for (int row = 0; row < rows; row++)
            {
                ratios[first + row] = Math.Exp(logDensity[row] - proposal[row]);
            }
        }
        double mass = ratios.Average();
        double variance = ratios.Average(ratio => (ratio - mass) * (ratio - mass));
        return (mass, 5 * Math.Sqrt(variance / Draws));
    }

    /// <summary>Estimate maximises the weighted log-likelihood: it beats the component it came from and every neighbour, near or far.</summary>
    [Law(Needs = nameof(Neighbour))]
    public void EstimateBeatsNeighbours()
    {
        Random random = new(Seed + 20);
        for (int trial = 0; trial < 3; trial++)
        {
            TComponent current = Component(random);
            RowTile tile = Tile(Rows(random, Neighbour(random, current, 0.3), RowTile.Capacity));
            double[] weights = Weights(random, RowTile.Capacity);
            TComponent best = Family.Estimate(Accumulate(current, tile, weights), current);
            double most = LogLikelihood(best, tile, weights);
            Assert.True(most > LogLikelihood(current, tile, weights), "Expected the estimate to beat the component it was collected under.");
            for (int neighbour = 0; neighbour < 200; neighbour++)
            {
                double scale = Math.Pow(10, -3 * random.NextDouble());
                double found = LogLikelihood(Neighbour(random, best, scale), tile, weights);
                Assert.True(!(found > most + 1e-10 * (1 + Math.Abs(most))), $"Expected at most {most:R} at a distance of {scale:G3} from the estimate, found {found:R}.");
            }
        }
    }

    /// <summary>The origin of the moments does not matter: a statistic collected under another component gives the same estimate.</summary>
    [Law(Needs = nameof(Neighbour))]
    public void EstimateDoesNotDependOnTheOrigin()
    {
        Random random = new(Seed + 21);
        TComponent first = Component(random);
        TComponent second = Neighbour(random, first, 0.5);
        RowTile tile = Tile(Rows(random, first, RowTile.Capacity));
        double[] weights = Weights(random, RowTile.Capacity);

        double[] expected = Flatten(Family.Estimate(Accumulate(first, tile, weights), first));
        double[] found = Flatten(Family.Estimate(Accumulate(second, tile, weights), second));

        Close.Equal(expected, found, 1e-9, what: "estimate");
    }

    /// <summary>Data at 10⁸ ± 1 are estimated as data at 0 ± 1: the rows are rounded so that moving them is exact.</summary>
    [Law(Needs = nameof(Translate))]
    public void EstimateAtALargeOffset()
    {
        const double Offset = 1e8;
        Random random = new(Seed + 22);
        TComponent current = Component(random);
        RowChunk drawn = Rows(random, current, RowTile.Capacity);
        double[] near = [.. drawn.Values.ToArray().Select(value => Math.Round(value * (1 << 20)) / (1 << 20))];
        double[] far = [.. near.Select(value => value + Offset)];
        double[] weights = Weights(random, RowTile.Capacity);
        TComponent moved = Translate(current, Offset);
        RowTile farTile = Tile(new RowChunk(far, Columns));

        double[] expected = Flatten(Family.Estimate(Accumulate(current, Tile(new RowChunk(near, Columns)), weights), current));
        double[] found = Flatten(Translate(Family.Estimate(Accumulate(moved, farTile, weights), moved), -Offset));

        Close.Equal(expected, found, 1e-6, what: "estimate at 1e8");
    }

    /// <summary>A component that no row belongs to stays what it was: no NaN.</summary>
    [Law]
    public void EstimateOfNothingIsFinite()
    {
        Random random = new(Seed + 23);
        TComponent current = Component(random);

        double[] found = Flatten(Family.Estimate(new double[Family.StatisticLength], current));

        Close.Equal(Flatten(current), found, 1e-12, what: "estimate of an empty component");
    }

    private double LogLikelihood(TComponent component, RowTile tile, double[] weights)
    {
        double[] logDensity = LogDensity(component, tile);
        CompensatedSum sum = new();
        for (int row = 0; row < weights.Length; row++)
        {
            sum.Add(weights[row] * logDensity[row]);
        }
        return sum.Value;
    }

    private static (double[] Mean, double[,] Covariance) Moments(RowChunk rows)
    {
        double[] mean = new double[rows.Columns];
        double[,] covariance = new double[rows.Columns, rows.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int column = 0; column < mean.Length; column++)
            {
                mean[column] += rows[row, column] / rows.Rows;
            }
        }
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int left = 0; left < mean.Length; left++)
            {
                for (int right = 0; right < mean.Length; right++)
                {
                    covariance[left, right] += (rows[row, left] - mean[left]) * (rows[row, right] - mean[right]) / rows.Rows;
                }
            }
        }
        return (mean, covariance);
    }
}
