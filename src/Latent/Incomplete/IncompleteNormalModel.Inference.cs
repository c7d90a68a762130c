using System.Diagnostics.CodeAnalysis;
using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <content>
/// Coordinates: the mean, then the Cholesky factor row by row, in units of the columns' deviations, its diagonal as logarithms. Natural parameters: means, then the
/// lower triangle of Σ row by row. The score of a row is y = Σ_oo⁻¹(x_o − μ_o), 0 where missing, and ½(yᵢ² − Pᵢᵢ) or yᵢyⱼ − Pᵢⱼ, P the embedded Σ_oo⁻¹.
/// </content>
public sealed partial class IncompleteNormalModel : ICoordinateScore<Gaussian>, IExpectedScore<Gaussian>, IScores<Gaussian, PatternChunk>
{
    /// <summary>Names of the columns, which the names of natural parameters repeat; x1, x2, … by default.</summary>
    public IReadOnlyList<string> ColumnNames
    {
        get => field ??= Schema.Numbered(Columns).Names;
        init => field = value.Count == Columns ? value : throw new ArgumentException($"Expected {Columns} column names, found {value.Count}.", nameof(value));
    }

    /// <summary>Whether the data hold every row by itself (<see cref="PatternRows.IsSummarized"/> is false), so that rows have scores. Default false: only their sum has one.</summary>
    public bool HasScores { get; init; }

    /// <inheritdoc/>
    public int CoordinateCount(Gaussian parameters) => FreeParameters;

    /// <inheritdoc/>
    public void WriteCoordinates(Gaussian parameters, Span<double> point)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        GaussianCoordinates.WriteMean(parameters.Mean, Floor, point);
        GaussianCoordinates.WriteLower(parameters.Covariance.Lower, Columns, Floor, point[Columns..]);
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, Gaussian like, [MaybeNullWhen(false)] out Gaussian parameters)
    {
        parameters = GaussianCoordinates.TryReadMean(point[..Columns], Floor) is { } mean
            && GaussianCoordinates.TryReadCovariance(point[Columns..], Columns, Floor) is { } covariance
            ? new Gaussian(mean, covariance)
            : null;
        return parameters is not null;
    }

    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistic, Gaussian parameters, Span<double> score)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int d = Columns;
        if (parameters.Covariance.FloorActive)
        {
            return false;
        }
        // The ridge counts as κ more rows of scatter D.
        Covariance frame = PatternWorkspace.FrameOf(parameters.Covariance, _unit);
        double[] scatter = GaussianCoordinateScore.Unpack(statistic[(1 + d)..], d);
        AddRidge(frame, 1, scatter);
        (double[] sum, double[] whitened) = Whitened(parameters.Covariance, frame, statistic.Slice(1, d), scatter);
        GaussianCoordinateScore.WriteMean(parameters.Covariance, sum, Floor, score);
        GaussianCoordinateScore.WriteLower(parameters.Covariance, statistic[0] + Ridge, whitened, Floor, score[d..]);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(Gaussian parameters)
    {
        List<NaturalParameter> names = [.. ColumnNames.Select(column => new NaturalParameter($"mean[{column}]"))];
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                names.Add(i == j
                    ? new NaturalParameter($"variance[{ColumnNames[i]}]", ParameterScale.Log)
                    : new NaturalParameter($"covariance[{ColumnNames[j]}, {ColumnNames[i]}]"));
            }
        }
        return names;
    }

    /// <inheritdoc/>
    public void WriteNaturalParameters(Gaussian parameters, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        GaussianScores.WriteFull(parameters.Mean, parameters.Covariance, values);
    }

    /// <summary>K·Σz, and ½G or G off the diagonal, G = K(M − nΣ)K = Wᵀ(WMWᵀ − nI)W.</summary>
    /// <inheritdoc/>
    public void WriteScore(ReadOnlySpan<double> statistic, Gaussian parameters, Span<double> score)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int d = Columns;
        (double[] sum, double[] scatter) = Whitened(
            parameters.Covariance, PatternWorkspace.FrameOf(parameters.Covariance, _unit), statistic.Slice(1, d), GaussianCoordinateScore.Unpack(statistic[(1 + d)..], d));
        for (int i = 0; i < d; i++)
        {
            scatter[i * d + i] -= statistic[0];
        }
        double[] whitening = parameters.Covariance.Whitening.ToArray();
        double[] transposed = Transposed(whitening);
        double[] both = Product(Product(transposed, scatter), whitening);
        int position = d;
        for (int i = 0; i < d; i++)
        {
            score[i] = 0;
            for (int j = i; j < d; j++)
            {
                score[i] += whitening[j * d + i] * sum[j];
            }
            for (int j = 0; j <= i; j++)
            {
                score[position++] = (i == j ? 0.5 : 1) * both[i * d + j];
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The chunk holds no plain rows.</exception>
    public void AddScores(Gaussian parameters, PatternChunk chunk, ScoreSum sum)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(chunk);
        if (!HasScores)
        {
            throw new InvalidOperationException("Expected plain rows, each with a score of its own, found a model of summarised ones. Set HasScores, and group the rows without summarising.");
        }
        int d = Columns;
        double[] row = new double[d];
        double[] score = new double[sum.Length];
        ConditionalNormal? conditional = null;
        double[] inverse = [];
        int last = -1;
        for (int r = 0; r < chunk.Rows; r++)
        {
            if (chunk.PatternOf(r) != last)
            {
                last = chunk.PatternOf(r);
                conditional = new ConditionalNormal(parameters, chunk.Observed(last), chunk.Missing(last));
                inverse = conditional.ObservedPrecision();
            }
            chunk.CopyRow(r, row);
            conditional!.WriteScore(row, score.AsSpan(0, d));
            int position = d;
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    score[position++] = (i == j ? 0.5 : 1) * (score[i] * score[j] - inverse[i * d + j]);
                }
            }
            sum.Add(chunk.WeightOf(r), score);
        }
    }

    /// <summary>The sum and the scatter (lower triangle given, both returned) of a frame's coordinates, in the covariance's whitened ones.</summary>
    private (double[] Sum, double[] Scatter) Whitened(Covariance covariance, Covariance frame, ReadOnlySpan<double> sum, double[] scatter)
    {
        int d = Columns;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < i; j++)
            {
                scatter[j * d + i] = scatter[i * d + j];
            }
        }
        if (ReferenceEquals(covariance, frame))
        {
            return (sum.ToArray(), scatter);
        }
        double[] whitening = covariance.Whitening.ToArray();
        double[] whitened = new double[d];
        Cholesky.Multiply(whitening, sum, whitened);
        return (whitened, Product(Product(whitening, scatter), Transposed(whitening)));
    }

    private double[] Transposed(double[] matrix)
    {
        int d = Columns;
        double[] transposed = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                transposed[j * d + i] = matrix[i * d + j];
            }
        }
        return transposed;
    }

    private double[] Product(double[] left, double[] right)
    {
        int d = Columns;
        double[] product = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int k = 0; k < d; k++)
            {
                for (int j = 0; j < d; j++)
                {
                    product[i * d + j] = Math.FusedMultiplyAdd(left[i * d + k], right[k * d + j], product[i * d + j]);
                }
            }
        }
        return product;
    }
}
