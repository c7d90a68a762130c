using Latent.Numerics;

namespace Latent.Factors;

/// <summary>Turns loadings: the covariance ΛΛᵀ + Ψ stays.</summary>
internal static class Rotation
{
    private const int MostSweeps = 1000;
    private const double Small = 1e-14;

    /// <summary>The parameters with turned loadings; the sum of every factor's loadings is not negative.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="rotation">How to turn.</param>
    /// <param name="like">Loadings whose signs are to be taken instead; null for none.</param>
    public static FactorParameters Apply(FactorParameters parameters, FactorRotation rotation, FactorParameters? like = null)
    {
        double[] loadings = Canonical(parameters);
        if (rotation == FactorRotation.Varimax)
        {
            Varimax(loadings, parameters.Columns, parameters.Factors);
            Sort(loadings, parameters.Columns, parameters.Factors);
        }
        Sign(loadings, parameters.Columns, parameters.Factors, like);
        return new FactorParameters(parameters.Mean, loadings, parameters.Uniquenesses);
    }

    // ΛᵀΨ⁻¹Λ = V·diag·Vᵀ; Λ·V, in descending order.
    private static double[] Canonical(FactorParameters parameters)
    {
        (int d, int q) = (parameters.Columns, parameters.Factors);
        double[] information = new double[q * q];
        for (int j = 0; j < d; j++)
        {
            ReadOnlySpan<double> row = parameters.Row(j);
            for (int i = 0; i < q; i++)
            {
                for (int k = 0; k < q; k++)
                {
                    information[i * q + k] += row[i] * row[k] / parameters.Uniquenesses[j];
                }
            }
        }
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(information, q);
        int[] order = [.. Enumerable.Range(0, q).OrderByDescending(k => values[k])];
        double[] turned = new double[d * q];
        for (int j = 0; j < d; j++)
        {
            ReadOnlySpan<double> row = parameters.Row(j);
            for (int k = 0; k < q; k++)
            {
                for (int i = 0; i < q; i++)
                {
                    turned[j * q + k] = Math.FusedMultiplyAdd(row[i], vectors[i * q + order[k]], turned[j * q + k]);
                }
            }
        }
        return turned;
    }

    /// <summary>Planar rotations of every pair of factors, until none turns [Kaiser1958].</summary>
    private static void Varimax(double[] loadings, int d, int q)
    {
        double[] lengths = new double[d];
        for (int j = 0; j < d; j++)
        {
            double square = 0;
            for (int k = 0; k < q; k++)
            {
                square += loadings[j * q + k] * loadings[j * q + k];
            }
            lengths[j] = square > 0 ? Math.Sqrt(square) : 1;
        }
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            bool turned = false;
            for (int first = 0; first < q; first++)
            {
                for (int second = first + 1; second < q; second++)
                {
                    turned |= Turn(loadings, lengths, d, q, first, second);
                }
            }
            if (!turned)
            {
                return;
            }
        }
    }

    private static bool Turn(double[] loadings, double[] lengths, int d, int q, int first, int second)
    {
        (double a, double b, double c, double e) = (0, 0, 0, 0);
        for (int j = 0; j < d; j++)
        {
            double x = loadings[j * q + first] / lengths[j];
            double y = loadings[j * q + second] / lengths[j];
            (double u, double v) = (x * x - y * y, 2 * x * y);
            a += u;
            b += v;
            c += u * u - v * v;
            e += 2 * u * v;
        }
        double angle = Math.Atan2(e - 2 * a * b / d, c - (a * a - b * b) / d) / 4;
        if (!(Math.Abs(angle) > Small))
        {
            return false;
        }
        (double sine, double cosine) = Math.SinCos(angle);
        for (int j = 0; j < d; j++)
        {
            double x = loadings[j * q + first];
            double y = loadings[j * q + second];
            loadings[j * q + first] = cosine * x + sine * y;
            loadings[j * q + second] = cosine * y - sine * x;
        }
        return true;
    }

    private static void Sort(double[] loadings, int d, int q)
    {
        double Explained(int factor) => Enumerable.Range(0, d).Sum(j => loadings[j * q + factor] * loadings[j * q + factor]);
        int[] order = [.. Enumerable.Range(0, q).OrderByDescending(Explained)];
        double[] copy = [.. loadings];
        for (int j = 0; j < d; j++)
        {
            for (int k = 0; k < q; k++)
            {
                loadings[j * q + k] = copy[j * q + order[k]];
            }
        }
    }

    private static void Sign(double[] loadings, int d, int q, FactorParameters? like)
    {
        for (int k = 0; k < q; k++)
        {
            double sum = 0;
            for (int j = 0; j < d; j++)
            {
                sum += loadings[j * q + k] * (like is null ? 1 : like.Row(j)[k] / like.Uniquenesses[j]);
            }
            for (int j = 0; j < d && sum < 0; j++)
            {
                loadings[j * q + k] = -loadings[j * q + k];
            }
        }
    }
}
