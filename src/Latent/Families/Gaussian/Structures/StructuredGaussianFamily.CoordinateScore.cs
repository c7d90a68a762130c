using Latent.Numerics;

namespace Latent.Families;

/// <content>
/// The gradient in coordinates, from G = ½Σ⁻¹(W − NΣ)Σ⁻¹, the derivative by Σ. With B = DᵀGD it is Bⱼⱼsⱼ by log sⱼ, and 2Bᵢⱼ(sⱼ − sᵢ) by an infinitesimal
/// turn of axis j towards axis i.
/// </content>
public partial class StructuredGaussianFamily : ICoordinateScoreFamily<Gaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<Gaussian> components, Span<double> score)
    {
        int d = Columns;
        double[] counts = new double[components.Length];
        double[][] scatters = new double[components.Length][];
        for (int k = 0; k < components.Length; k++)
        {
            Covariance covariance = components[k].Covariance;
            if (covariance.FloorActive)
            {
                return false;
            }
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            counts[k] = own[0];
            double[] sum = own.Slice(1, d).ToArray();
            scatters[k] = GaussianCoordinateScore.Unpack(own[(1 + d)..], d);
            if (k == 0 || !Structure.IsShared)
            {
                Prior?.AddTo(covariance, ref counts[k], scatters[k]);
            }
            Prior?.AddTo(covariance, components[k].Mean, ref counts[k], sum, scatters[k]);
            GaussianCoordinateScore.WriteMean(covariance, sum, Floor, score.Slice(k * d, d));
        }
        Span<double> rest = score[(components.Length * d)..];
        if (ByFactors)
        {
            WriteFactorScore(components, counts, scatters, rest);
        }
        else
        {
            WriteAxesScore(components, counts, scatters, rest);
        }
        return true;
    }

    private void WriteFactorScore(ReadOnlySpan<Gaussian> components, double[] counts, double[][] scatters, Span<double> score)
    {
        Span<double> first = score[..Triangle];
        first.Clear();
        score = score[Triangle..];
        double[] own = new double[Triangle];
        for (int k = 0; k < components.Length; k++)
        {
            Covariance covariance = components[k].Covariance;
            GaussianCoordinateScore.WriteLower(covariance, counts[k], scatters[k], Floor, own);
            int length = k == 0 ? 0 : FactorLength(k);
            if (k == 0 || Structure.HasCommonShape)
            {
                // Lₖ is a multiple of the first factor; its diagonal stands as logarithms.
                double scale = covariance.Lower[0] / components[0].Covariance.Lower[0];
                for (int i = 0, index = 0; i < Columns; i++)
                {
                    for (int j = 0; j <= i; j++, index++)
                    {
                        first[index] += i == j ? own[index] : scale * own[index];
                    }
                }
            }
            if (length == 0)
            {
                continue;
            }
            if (Structure.HasCommonShape)
            {
                score[0] = 0.5 * (SquareMatrix.Trace(scatters[k], Columns) - counts[k] * Columns);
            }
            else
            {
                own.AsSpan(0, length).CopyTo(score);
                for (int i = 0; i < Columns && length < Triangle; i++)
                {
                    // The last diagonal element makes up for the others and follows the first component's volume.
                    int diagonal = i * (i + 3) / 2;
                    first[diagonal] += own[^1];
                    if (i < Columns - 1)
                    {
                        score[diagonal] -= own[^1];
                    }
                }
            }
            score = score[length..];
        }
    }

    private void WriteAxesScore(ReadOnlySpan<Gaussian> components, double[] counts, double[][] scatters, Span<double> score)
    {
        int d = Columns;
        bool common = Structure.Orientation != CovarianceSharing.Variable;
        double[][] axes = AxesOf(components);
        double[][] byLogs = new double[components.Length][];
        double[] shared = new double[d * d];
        double[] coordinates = new double[Turns];
        if (common && Turns > 0)
        {
            StructuredChart.WriteAxes(axes[0], d, coordinates);
        }
        double[] chart = !common ? [] : Turns > 0 ? StructuredChart.ReadAxes(coordinates, d)! : axes[0];
        for (int k = 0; k < components.Length; k++)
        {
            double[] origin = components[k].Covariance.Origin ?? axes[k];
            if (!common)
            {
                StructuredChart.WriteTurn(axes[k], origin, d, coordinates);
                chart = StructuredChart.ReadTurn(coordinates, origin, d)!;
            }
            double[] b = SquareMatrix.Turned(Derivative(components[k].Covariance, counts[k], scatters[k]), chart, d);
            double[] values = components[k].Covariance.AlongAxes(chart);
            byLogs[k] = [.. values.Select((value, j) => b[j * d + j] * value)];
            double[] turns = common ? shared : new double[d * d];
            for (int cell = 0; cell < turns.Length; cell++)
            {
                turns[cell] += b[cell] * (values[cell % d] - values[cell / d]);
            }
            if (!common)
            {
                StructuredChart.WriteTurnScore(turns, coordinates, d, score.Slice(k * Turns, Turns));
            }
        }
        if (common && Turns > 0)
        {
            StructuredChart.WriteAxesScore(shared, coordinates, chart!, d, score);
        }
        StructuredChart.WriteValuesScore(Structure, byLogs, score[((common ? 1 : components.Length) * Turns)..]);
    }

    /// <summary>½Σ⁻¹(W − NΣ)Σ⁻¹ = ½VᵀM̃V with V the whitening and M̃ = VWVᵀ − N·I.</summary>
    private static double[] Derivative(Covariance covariance, double n, double[] scatter)
    {
        int d = covariance.Dimension;
        double[] excess = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                excess[i * d + j] = 0.5 * (scatter[Math.Max(i, j) * d + Math.Min(i, j)] - (i == j ? n : 0));
            }
        }
        return SquareMatrix.Turned(excess, covariance.Whitening, d);
    }
}
